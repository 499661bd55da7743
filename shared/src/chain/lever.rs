//! Governance levers: what an owner asks for in words, and the bytes a wallet signs for it.

use alloy_primitives::U256;
use alloy_sol_types::SolCall;
use serde::{Deserialize, Serialize};

use super::abi::{IBudgetManager, IManager, IOwnerProxy, IPauseGuardian, ISystemPause};
use super::{Call, Contracts};
use crate::id::MissionKey;
use crate::money::MicroUsd;

/// One flip of one lever.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "lever", rename_all = "snake_case")]
pub enum Lever {
    /// The owner pauses every mission.
    PauseFleet,
    /// The owner ends a pause.
    ResumeFleet,
    /// The pause guardian stops every mission at once.
    TripwirePause,
    /// The owner moves a mission's budget cap.
    BudgetCap {
        /// Which mission.
        mission: MissionKey,
        /// The cap as it is.
        now: MicroUsd,
        /// The cap as it shall be.
        new: MicroUsd,
    },
}

/// Whose signature a lever needs.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum LeverRole {
    /// The owner of the owner proxy.
    Owner,
    /// The pause guardian.
    PauseGuardian,
}

impl Lever {
    /// The call that the wallet signs.
    pub fn call(&self, contracts: &Contracts) -> Call {
        match self {
            Self::PauseFleet => {
                forward_pause(contracts, &ISystemPause::pauseAllCall {}.abi_encode())
            }
            Self::ResumeFleet => {
                forward_pause(contracts, &ISystemPause::unpauseAllCall {}.abi_encode())
            }
            Self::TripwirePause => Call {
                to: contracts.pause_guardian,
                data: IPauseGuardian::pauseAllCall {}.abi_encode().into(),
            },
            Self::BudgetCap { mission, new, .. } => {
                let inner = IBudgetManager::updateCapCall {
                    mission: mission.0,
                    microUsd: U256::from(new.get()),
                };
                through_proxy(contracts, contracts.budget_manager, inner.abi_encode())
            }
        }
    }

    /// The flip that undoes this one.
    #[must_use]
    pub const fn inverse(&self) -> Self {
        match self {
            Self::PauseFleet | Self::TripwirePause => Self::ResumeFleet,
            Self::ResumeFleet => Self::PauseFleet,
            Self::BudgetCap { mission, now, new } => {
                Self::BudgetCap { mission: *mission, now: *new, new: *now }
            }
        }
    }

    /// Whose signature it needs.
    pub const fn role(&self) -> LeverRole {
        match self {
            Self::PauseFleet | Self::ResumeFleet | Self::BudgetCap { .. } => LeverRole::Owner,
            Self::TripwirePause => LeverRole::PauseGuardian,
        }
    }

    /// The lever's name.
    pub const fn title(&self) -> &'static str {
        match self {
            Self::PauseFleet => "Pause Fleet",
            Self::ResumeFleet => "Resume Fleet",
            Self::TripwirePause => "Tripwire Pause",
            Self::BudgetCap { .. } => "Budget Cap",
        }
    }

    /// The contract call in words, outermost first.
    pub const fn path(&self) -> &'static str {
        match self {
            Self::PauseFleet => {
                "OwnerProxy.execute → Manager.forwardPauseCall → SystemPause.pauseAll()"
            }
            Self::ResumeFleet => {
                "OwnerProxy.execute → Manager.forwardPauseCall → SystemPause.unpauseAll()"
            }
            Self::TripwirePause => "PauseGuardian.pauseAll()",
            Self::BudgetCap { .. } => "OwnerProxy.execute → BudgetManager.updateCap(mission, cap)",
        }
    }
}

fn forward_pause(contracts: &Contracts, inner: &[u8]) -> Call {
    let forward = IManager::forwardPauseCallCall { data: inner.to_vec().into() };
    through_proxy(contracts, contracts.manager, forward.abi_encode())
}

fn through_proxy(contracts: &Contracts, target: alloy_primitives::Address, data: Vec<u8>) -> Call {
    let execute = IOwnerProxy::executeCall { target, data: data.into() };
    Call { to: contracts.owner_proxy, data: execute.abi_encode().into() }
}
