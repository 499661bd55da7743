//! Governance levers: what an owner asks for in words, the call that does it, and the flip that undoes it.

use alloy_primitives::{Address, B256, Bytes, U256, keccak256};
use alloy_sol_types::SolCall;
use serde::{Deserialize, Serialize};

use super::abi::{
    IAttestationModule, IBudgetManager, IManager, IModelRegistry, IPauseGuardian, ISystemPause,
};
use super::decode::{self, Pace};
use super::{Call, ContractName, Contracts};
use crate::id::{MissionKey, Role};
use crate::money::MicroUsd;

/// One flip of one lever.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "lever", rename_all = "snake_case")]
pub enum Lever {
    /// The owner pauses every mission.
    PauseFleet,
    /// The owner ends a pause that was no tripwire's.
    ResumeFleet,
    /// The pause guardian, or the owner, stops every mission at once.
    TripwirePause,
    /// The owner ends a tripwire's pause: after the delay, and with a guardian's co-signature.
    ResumeAfterTripwire,
    /// The owner moves a mission's budget cap.
    BudgetCap {
        /// Which mission.
        mission: MissionKey,
        /// The cap as it is.
        now: MicroUsd,
        /// The cap as it shall be.
        new: MicroUsd,
    },
    /// The owner chooses the model adapter that agents use.
    ActiveAdapter {
        /// For whom.
        scope: AdapterScope,
        /// Key of the adapter as it is; zero while the mission's plan decides.
        now: B256,
        /// Key of the adapter as it shall be.
        new: B256,
        /// Why, where the new one scores lower; else empty.
        reason: String,
    },
    /// The owner goes back to the adapter before.
    RollBackAdapter {
        /// For whom.
        scope: AdapterScope,
        /// Key of the adapter as it is.
        now: B256,
        /// Key of the adapter before; zero if the mission's plan decided.
        new: B256,
    },
    /// The owner asks that a person works along, or no longer.
    CoPilot {
        /// Which mission.
        mission: MissionKey,
        /// Whether a person must.
        required: bool,
    },
    /// The owner calls a validator in, with a read token.
    Summon {
        /// To which mission.
        mission: MissionKey,
        /// Whom.
        validator: Address,
        /// Unix seconds at which the read token ends.
        expiry: u64,
    },
    /// The owner takes a summons back.
    RevokeSummons {
        /// The read token.
        token: U256,
        /// Of which mission.
        mission: MissionKey,
        /// Whose.
        validator: Address,
        /// Unix seconds at which it would have ended.
        expiry: u64,
    },
    /// Any other call of the owner, with the call that would restore what is there now.
    Change(Change),
}

/// A call of a contract behind the owner's door, and its way back.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Change {
    /// Which contract.
    pub contract: ContractName,
    /// Selector and arguments.
    pub data: Bytes,
    /// The call of the same contract that restores what is there now; none if nothing can.
    pub undo: Option<Bytes>,
}

/// Whom an active adapter is for. The registry knows the key alone.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(tag = "for", rename_all = "snake_case")]
pub enum AdapterScope {
    /// Every agent of a mission.
    Mission {
        /// Which mission.
        mission: MissionKey,
    },
    /// Agents with a role, in every mission.
    Role {
        /// Which role.
        role: Role,
    },
    /// One agent of one mission.
    Agent {
        /// Which mission.
        mission: MissionKey,
        /// Its role.
        role: Role,
    },
}

impl AdapterScope {
    /// The key in the registry: the mission's, keccak-256 of the role's name, or of both keys.
    pub fn key(&self) -> B256 {
        match self {
            Self::Mission { mission } => mission.0,
            Self::Role { role } => role_key(role),
            Self::Agent { mission, role } => {
                keccak256([mission.0.as_slice(), role_key(role).as_slice()].concat())
            }
        }
    }

    /// The scopes that cover an agent of a mission.
    pub fn covering(mission: MissionKey, role: &Role) -> [Self; 3] {
        [
            Self::Agent { mission, role: role.clone() },
            Self::Mission { mission },
            Self::Role { role: role.clone() },
        ]
    }
}

fn role_key(role: &Role) -> B256 {
    keccak256(role.as_str())
}

/// Key of a model adapter: keccak-256 of its id.
pub fn adapter_key(id: &str) -> B256 {
    keccak256(id)
}

/// Key of a registry entry of the manager: keccak-256 of its slug in lower case. Only ASCII letters are lowered, as the
/// contract does it.
pub fn slug_key(slug: &str) -> B256 {
    keccak256(slug.to_ascii_lowercase())
}

/// Key of an extension's module: keccak-256 of its name, case kept.
pub fn module_key(module: &str) -> B256 {
    keccak256(module)
}

/// Whose signature a lever needs.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum LeverRole {
    /// The owner of the owner proxy.
    Owner,
    /// The pause guardian; the owner may as well.
    PauseGuardian,
}

impl Lever {
    /// The call that has the effect, at the contract that it is about.
    pub fn effect(&self, contracts: &Contracts) -> Call {
        let (contract, data) = match self {
            Self::PauseFleet => {
                (ContractName::Manager, forward(&ISystemPause::pauseAllCall {}.abi_encode()))
            }
            Self::ResumeFleet => {
                (ContractName::Manager, forward(&ISystemPause::unpauseAllCall {}.abi_encode()))
            }
            Self::TripwirePause => {
                (ContractName::PauseGuardian, IPauseGuardian::pauseAllCall {}.abi_encode())
            }
            Self::ResumeAfterTripwire => {
                (ContractName::PauseGuardian, IPauseGuardian::unpauseAllCall {}.abi_encode())
            }
            Self::BudgetCap { mission, new, .. } => {
                let call = IBudgetManager::updateCapCall {
                    mission: mission.0,
                    microUsd: U256::from(new.get()),
                };
                (ContractName::BudgetManager, call.abi_encode())
            }
            Self::ActiveAdapter { scope, new, reason, .. } => {
                let (scope, adapter) = (scope.key(), *new);
                let data = if reason.is_empty() {
                    IModelRegistry::setActiveAdapterCall { scope, adapter }.abi_encode()
                } else {
                    let reason = reason.clone();
                    IModelRegistry::setActiveAdapterWithReasonCall { scope, adapter, reason }
                        .abi_encode()
                };
                (ContractName::ModelRegistry, data)
            }
            Self::RollBackAdapter { scope, .. } => {
                let call = IModelRegistry::rollbackCall { scope: scope.key() };
                (ContractName::ModelRegistry, call.abi_encode())
            }
            Self::CoPilot { mission, required } => {
                let call =
                    IModelRegistry::setCoPilotCall { mission: mission.0, required: *required };
                (ContractName::ModelRegistry, call.abi_encode())
            }
            Self::Summon { mission, validator, expiry } => {
                let call = IAttestationModule::summonCall {
                    mission: mission.0,
                    validator: *validator,
                    expiry: *expiry,
                };
                (ContractName::AttestationModule, call.abi_encode())
            }
            Self::RevokeSummons { token, .. } => {
                let call = IAttestationModule::revokeCall { token: *token };
                (ContractName::AttestationModule, call.abi_encode())
            }
            Self::Change(Change { contract, data, .. }) => (*contract, data.to_vec()),
        };
        Call { to: contracts.address(contract), data: data.into() }
    }

    /// The flip that undoes this one; `None` where only a later reading of the chain can tell (a summons gets its token
    /// when it is included) or nothing can.
    pub fn inverse(&self) -> Option<Self> {
        Some(match self {
            Self::PauseFleet => Self::ResumeFleet,
            Self::ResumeFleet => Self::PauseFleet,
            Self::TripwirePause => Self::ResumeAfterTripwire,
            Self::ResumeAfterTripwire => Self::TripwirePause,
            Self::BudgetCap { mission, now, new } => {
                Self::BudgetCap { mission: *mission, now: *new, new: *now }
            }
            Self::ActiveAdapter { scope, now, new, .. } => {
                Self::RollBackAdapter { scope: scope.clone(), now: *new, new: *now }
            }
            Self::RollBackAdapter { scope, now, new } => Self::ActiveAdapter {
                scope: scope.clone(),
                now: *new,
                new: *now,
                reason: "Undo of a roll-back".to_owned(),
            },
            Self::CoPilot { mission, required } => {
                Self::CoPilot { mission: *mission, required: !required }
            }
            Self::Summon { .. } => return None,
            Self::RevokeSummons { mission, validator, expiry, .. } => {
                Self::Summon { mission: *mission, validator: *validator, expiry: *expiry }
            }
            Self::Change(Change { contract, data, undo }) => Self::Change(Change {
                contract: *contract,
                data: undo.clone()?,
                undo: Some(data.clone()),
            }),
        })
    }

    /// Whether it acts at once or waits for the timelock: the brake is instant, the accelerator is delayed.
    pub fn is_delayed(&self) -> bool {
        match self {
            Self::PauseFleet
            | Self::ResumeFleet
            | Self::TripwirePause
            | Self::RollBackAdapter { .. }
            | Self::Summon { .. }
            | Self::RevokeSummons { .. } => false,
            Self::ResumeAfterTripwire | Self::ActiveAdapter { .. } => true,
            Self::BudgetCap { now, new, .. } => new > now,
            Self::CoPilot { required, .. } => !required,
            Self::Change(change) => {
                change.function().is_some_and(|function| function.pace == Pace::Delayed)
            }
        }
    }

    /// Whose signature it needs.
    pub const fn role(&self) -> LeverRole {
        match self {
            Self::TripwirePause => LeverRole::PauseGuardian,
            Self::PauseFleet
            | Self::ResumeFleet
            | Self::ResumeAfterTripwire
            | Self::BudgetCap { .. }
            | Self::ActiveAdapter { .. }
            | Self::RollBackAdapter { .. }
            | Self::CoPilot { .. }
            | Self::Summon { .. }
            | Self::RevokeSummons { .. }
            | Self::Change(_) => LeverRole::Owner,
        }
    }

    /// The lever's name.
    pub fn title(&self) -> &'static str {
        match self {
            Self::PauseFleet => "Pause Fleet",
            Self::ResumeFleet => "Resume Fleet",
            Self::TripwirePause => "Tripwire Pause",
            Self::ResumeAfterTripwire => "Resume after Tripwire",
            Self::BudgetCap { .. } => "Budget Cap",
            Self::ActiveAdapter { .. } => "Active Adapter",
            Self::RollBackAdapter { .. } => "Roll Back Adapter",
            Self::CoPilot { .. } => "Human Co-pilot",
            Self::Summon { .. } => "Summon Validator",
            Self::RevokeSummons { .. } => "Revoke Summons",
            Self::Change(change) => {
                change.function().map_or("Unknown call", |function| function.title)
            }
        }
    }
}

impl Change {
    /// The function that is called; `None` if it is none that this program knows.
    pub fn function(&self) -> Option<&'static decode::Function> {
        let selector = self.data.first_chunk::<4>()?;
        decode::find(self.contract, *selector).map(|(function, _)| function)
    }
}

fn forward(inner: &[u8]) -> Vec<u8> {
    IManager::forwardPauseCallCall { data: inner.to_vec().into() }.abi_encode()
}
