//! `phase8-emergency-overrides.json`: the brake and its release, ready to be sent.

use alloy_primitives::{Address, Bytes};
use alloy_sol_types::SolCall;
use serde::Serialize;

use super::number::Fixed;
use super::{Artifact, Dossier, json};
use crate::chain::Call;
use crate::chain::abi::{IManager, ISystemPause};
use crate::plan::Route;

/// Whether the emergency levers can be pulled.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Readiness {
    /// They can.
    Ready,
    /// Nobody named a manager.
    MissingManager,
    /// Nobody named a pause switch.
    MissingSystemPause,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Overrides {
    generated_at: String,
    chain_id: u64,
    manager: Address,
    system_pause: Address,
    guardian_council: Address,
    readiness: Readiness,
    metrics: OverrideMetrics,
    procedures: [&'static str; 4],
    #[serde(rename = "overrides")]
    flips: [Override; 2],
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct OverrideMetrics {
    guardian_window_seconds: u64,
    sentinel_coverage_seconds: u64,
    minimum_coverage_seconds: u64,
    minimum_coverage_adequacy: Fixed,
    dominance_score: Fixed,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Override {
    key: &'static str,
    label: &'static str,
    description: &'static str,
    enabled: bool,
    to: Address,
    target: Address,
    manager_calldata: Bytes,
    pause_calldata: Bytes,
    /// What the sender sends where the manager is not called directly.
    #[serde(skip_serializing_if = "Option::is_none")]
    via: Option<Call>,
    prerequisites: [&'static str; 3],
    advisory: [&'static str; 2],
}

impl Readiness {
    /// Its name in files.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Ready => "ready",
            Self::MissingManager => "missing-manager",
            Self::MissingSystemPause => "missing-system-pause",
        }
    }
}

impl Dossier<'_> {
    /// Whether the emergency levers can be pulled.
    pub fn readiness(&self) -> Readiness {
        if self.manager().is_none() {
            Readiness::MissingManager
        } else if self.manifest.global.system_pause.is_zero() {
            Readiness::MissingSystemPause
        } else {
            Readiness::Ready
        }
    }

    /// The manager's call that forwards a call to the pause switch.
    pub(super) fn forwarded(pause: &[u8]) -> Bytes {
        IManager::forwardPauseCallCall { data: pause.to_vec().into() }.abi_encode().into()
    }

    /// The brake and its release.
    pub fn emergency_overrides(&self) -> Artifact {
        let metrics = &self.metrics;
        let pause = Override {
            key: "pauseAll",
            label: "Pause every module",
            description: "Stops new spend and every payout, in the block that includes it.",
            advisory: [
                "Make sure that what the sentinels report is worth stopping everything for.",
                "Tell mission control: queued work waits until the fleet is resumed.",
            ],
            ..self.flip(ISystemPause::pauseAllCall {}.abi_encode())
        };
        let resume = Override {
            key: "unpauseAll",
            label: "Resume every module",
            description: "Lets missions go on where they stood.",
            advisory: [
                "Read what tripped, and why it will not trip again, before resuming.",
                "After a tripwire's pause the switch also waits for its delay and a guardian's co-signature.",
            ],
            ..self.flip(ISystemPause::unpauseAllCall {}.abi_encode())
        };
        json(
            "phase8-emergency-overrides.json",
            &Overrides {
                generated_at: self.facts.generated_at.to_string(),
                chain_id: self.facts.chain_id,
                manager: self.manager().unwrap_or_default(),
                system_pause: self.manifest.global.system_pause,
                guardian_council: self.manifest.global.guardian_council,
                readiness: self.readiness(),
                metrics: OverrideMetrics {
                    guardian_window_seconds: metrics.guardian_window_seconds,
                    sentinel_coverage_seconds: metrics.sentinel_seconds,
                    minimum_coverage_seconds: metrics.minimum_coverage_seconds,
                    minimum_coverage_adequacy: Fixed(metrics.minimum_adequacy(), 3),
                    dominance_score: Fixed(f64::from(metrics.dominance.score.get()) / 10.0, 1),
                },
                procedures: PROCEDURES,
                flips: [pause, resume],
            },
        )
    }

    fn flip(&self, pause: Vec<u8>) -> Override {
        let manager_calldata = Self::forwarded(&pause);
        let via = match self.facts.route {
            Some(route @ Route::OwnerProxy { .. }) => Some(route.carry(manager_calldata.clone())),
            Some(Route::Direct { .. }) | None => None,
        };
        Override {
            key: "",
            label: "",
            description: "",
            enabled: self.readiness() == Readiness::Ready,
            to: self.manager().unwrap_or_default(),
            target: self.manifest.global.system_pause,
            manager_calldata,
            pause_calldata: pause.into(),
            via,
            prerequisites: PREREQUISITES,
            advisory: ["", ""],
        }
    }
}

/// What to do, in order.
pub(super) const PROCEDURES: [&str; 4] = [
    "1. Read the sentinels' reports and the telemetry: do they call for it?",
    "2. Let the guardian council decide, and write the decision down.",
    "3. Send the call below through the Safe, or pull the lever in the owner command center.",
    "4. Tell mission control and the validators at once, with the transaction.",
];

/// What must be true for the levers to work.
pub(super) const PREREQUISITES: [&str; 3] = [
    "The sender is the manager's governance, or owns the proxy that is",
    "The manager's pause switch is the one named here",
    "The pause switch is governed by the manager",
];
