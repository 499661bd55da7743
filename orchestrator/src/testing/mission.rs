//! Jobs, policies and wallets for tests.

use std::collections::BTreeMap;
use std::sync::Arc;

use alloy_primitives::{Address, U256};
use phase8_shared::api::CreateMission;
use phase8_shared::ledger::LogKey;
use phase8_shared::money::TokenAmount;
use phase8_shared::policy::{GovernancePolicies, ModelAdapter, read_adapters, read_policies};
use phase8_shared::time::ClockScale;

use crate::launch::LaunchPolicy;
use crate::ports::SystemClock;
use crate::store::EventStore;
use crate::tlog::{LogParts, Logs, MemorySignedHeads};

/// The usual job of eight hours.
pub(crate) const CONFIG_JOB: &str =
    include_str!(concat!(env!("CARGO_MANIFEST_DIR"), "/../configs/job.multi-agent.json"));
const POLICIES: &str =
    include_str!(concat!(env!("CARGO_MANIFEST_DIR"), "/../configs/governance-policies.json"));
const ADAPTERS: &str =
    include_str!(concat!(env!("CARGO_MANIFEST_DIR"), "/../configs/model-adapters.json"));

/// A job of two agents and two milestones, with a cap that holds about ten calls.
pub(crate) const SMALL_JOB: &str = r#"{
  "jobName": "small-job",
  "description": "Two agents and a sign-off.",
  "maxDurationMinutes": 100,
  "autonomy": { "checkpointIntervalMinutes": 10, "requireValidatorCheckIn": false, "maxIdleMinutes": 25 },
  "economics": {
    "stakeTier": "STANDARD",
    "stakeMultiplier": 1,
    "milestones": [
      { "name": "Blueprint", "payoutBps": 4000, "checkpoint": "planner:blueprint" },
      { "name": "Validation", "payoutBps": 6000, "checkpoint": "validator:signoff" }
    ],
    "maxBudgetUSD": 3,
    "rewardAdjustment": { "durationBonusBps": 500, "failurePenaltyMultiplier": 0.5 }
  },
  "agents": [
    { "role": "planner", "model": "gpt-elite-256k", "capabilities": ["plans"],
      "memory": { "type": "persistent", "bucket": "planner", "retentionHours": 12 } },
    { "role": "analyst", "model": "sentience-alpha", "capabilities": ["figures"],
      "memory": { "type": "persistent", "bucket": "analyst", "retentionHours": 12 } }
  ],
  "validators": { "guild": "0xValidatorGuild", "checkpoints": ["planner:blueprint"], "rewardBps": 1000 },
  "safety": { "tripwires": ["budget-guard"], "haltOnTripwire": true, "pauseGuardian": "0xPauseGuardian" },
  "governance": { "ownerProxy": "0xOwnerProxy", "allowHumanCoPilot": true, "requiredValidatorApprovals": 2 }
}"#;

pub(crate) const OPERATOR: Address = Address::repeat_byte(0x11);

pub(crate) fn policies() -> GovernancePolicies {
    read_policies(POLICIES).into_result().unwrap().0.with_owner_proxy(Address::repeat_byte(0x0c))
}

pub(crate) fn adapters() -> Vec<ModelAdapter> {
    read_adapters(ADAPTERS).into_result().unwrap().0
}

pub(crate) fn launch_policy() -> LaunchPolicy {
    let payees = [("planner", 0xa1), ("dev", 0xa2), ("analyst", 0xa3)];
    let payees =
        payees.into_iter().map(|(role, byte)| (role.parse().unwrap(), Address::repeat_byte(byte)));
    LaunchPolicy {
        base_stake: TokenAmount::from_tokens_decimal("100").unwrap(),
        payees: payees.collect::<BTreeMap<_, _>>(),
        policies: policies(),
        adapters: adapters(),
    }
}

pub(crate) fn request(spec: &str, clock_scale: u32) -> CreateMission {
    CreateMission {
        spec: spec.to_owned(),
        operator: OPERATOR,
        reward: TokenAmount::new(
            U256::from(1_000_u64) * U256::from(10_u64).pow(U256::from(18_u64)),
        ),
        clock_scale: ClockScale::try_from(clock_scale).unwrap(),
    }
}

/// The logs of a store, under a key that everybody knows.
pub(crate) fn logs(store: Arc<dyn EventStore>) -> Logs {
    Logs::new(log_parts(store))
}

/// What [`logs`] are made of.
pub(crate) fn log_parts(store: Arc<dyn EventStore>) -> LogParts {
    LogParts {
        store,
        clock: Arc::new(SystemClock),
        key: LogKey::from_seed(&[42; 32]),
        origin: "control.example.org".parse().unwrap(),
        signed: Arc::new(MemorySignedHeads::default()),
        chain: None,
    }
}
