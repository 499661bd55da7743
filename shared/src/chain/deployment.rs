//! Where the contracts are.

use alloy_primitives::Address;
use serde::{Deserialize, Serialize};

/// The contracts on one chain: written by the deployment, read by the backend and by the page.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Deployment {
    /// EIP-155 chain id.
    pub chain_id: u64,
    /// The watcher reads logs from this block on.
    pub from_block: u64,
    /// Addresses.
    pub contracts: Contracts,
    /// Wallets of agents, by role, that milestones pay to.
    #[cfg_attr(feature = "openapi", schema(value_type = std::collections::BTreeMap<String, String>))]
    pub payees: std::collections::BTreeMap<crate::id::Role, Address>,
    /// Accounts of a development chain; empty elsewhere.
    #[serde(default)]
    pub dev_accounts: Vec<DevAccount>,
}

/// Addresses of the contracts.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Contracts {
    /// `$AGIα` (ERC-20).
    #[cfg_attr(feature = "openapi", schema(value_type = String))]
    pub token: Address,
    /// The owner's one door to every lever.
    #[cfg_attr(feature = "openapi", schema(value_type = String))]
    pub owner_proxy: Address,
    /// `Phase8UniversalValueManager`.
    #[cfg_attr(feature = "openapi", schema(value_type = String))]
    pub manager: Address,
    /// Pauses the modules.
    #[cfg_attr(feature = "openapi", schema(value_type = String))]
    pub system_pause: Address,
    /// The brake without a delay.
    #[cfg_attr(feature = "openapi", schema(value_type = String))]
    pub pause_guardian: Address,
    /// Budget caps.
    #[cfg_attr(feature = "openapi", schema(value_type = String))]
    pub budget_manager: Address,
    /// Deposits and payouts.
    #[cfg_attr(feature = "openapi", schema(value_type = String))]
    pub escrow: Address,
    /// The guild.
    #[cfg_attr(feature = "openapi", schema(value_type = String))]
    pub validator_registry: Address,
    /// Checkpoints of mission ledgers.
    #[cfg_attr(feature = "openapi", schema(value_type = String))]
    pub checkpoint_ledger: Address,
    /// Delays what the owner accelerates (OpenZeppelin `TimelockController`).
    #[cfg_attr(feature = "openapi", schema(value_type = String))]
    pub owner_timelock: Address,
    /// Guardians: they cancel, veto and co-sign.
    #[cfg_attr(feature = "openapi", schema(value_type = String))]
    pub guardian_council: Address,
    /// Model adapters: scores, what is active, history; the co-pilot flag.
    #[cfg_attr(feature = "openapi", schema(value_type = String))]
    pub model_registry: Address,
    /// Summonses with read tokens, and attestations.
    #[cfg_attr(feature = "openapi", schema(value_type = String))]
    pub attestation_module: Address,
    /// Staged and active extensions.
    #[cfg_attr(feature = "openapi", schema(value_type = String))]
    pub upgrade_coordinator: Address,
    /// Votes on adapter upgrades (OpenZeppelin `Governor`).
    #[cfg_attr(feature = "openapi", schema(value_type = String))]
    pub adapter_governor: Address,
    /// Delays what the adapter governor decided.
    #[cfg_attr(feature = "openapi", schema(value_type = String))]
    pub governor_timelock: Address,
}

/// Declares the contracts with their names, in the order in which they are deployed.
macro_rules! contracts {
    ($($(#[$doc:meta])* $name:ident, $field:ident, $words:literal;)*) => {
        /// Which contract.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
        #[serde(rename_all = "snake_case")]
        pub enum ContractName {
            $($(#[$doc])* $name,)*
        }

        impl ContractName {
            /// Every contract, in the order in which they are deployed.
            pub const ALL: [Self; 16] = [$(Self::$name),*];

            /// Its name for people.
            pub const fn as_str(self) -> &'static str {
                match self { $(Self::$name => $words),* }
            }
        }

        impl Contracts {
            /// Where a contract is.
            pub const fn address(&self, name: ContractName) -> Address {
                match name { $(ContractName::$name => self.$field),* }
            }

            /// The contracts that a function finds the addresses of.
            pub fn locate(at: impl Fn(ContractName) -> Address) -> Self {
                Self { $($field: at(ContractName::$name)),* }
            }
        }
    };
}

contracts! {
    /// `$AGIα`.
    Token, token, "$AGIα";
    /// The owner's door.
    OwnerProxy, owner_proxy, "OwnerProxy";
    /// The registry of domains, sentinels, streams and plans.
    Manager, manager, "Phase8UniversalValueManager";
    /// The switch of every module.
    SystemPause, system_pause, "SystemPause";
    /// The instant brake.
    PauseGuardian, pause_guardian, "PauseGuardian";
    /// Budget caps.
    BudgetManager, budget_manager, "BudgetManager";
    /// Deposits and payouts.
    Escrow, escrow, "MissionEscrow";
    /// The guild.
    ValidatorRegistry, validator_registry, "ValidatorRegistry";
    /// Anchors.
    CheckpointLedger, checkpoint_ledger, "CheckpointLedger";
    /// The delay of what the owner accelerates.
    OwnerTimelock, owner_timelock, "OwnerTimelock";
    /// Guardians.
    GuardianCouncil, guardian_council, "GuardianCouncil";
    /// Model adapters.
    ModelRegistry, model_registry, "ModelRegistry";
    /// Summonses and attestations.
    AttestationModule, attestation_module, "AttestationModule";
    /// Extensions.
    UpgradeCoordinator, upgrade_coordinator, "UpgradeCoordinator";
    /// Votes on adapters.
    AdapterGovernor, adapter_governor, "AdapterGovernor";
    /// The delay of what the governor decided.
    GovernorTimelock, governor_timelock, "GovernorTimelock";
}

impl Contracts {
    /// Which contract is at an address.
    pub fn name_of(&self, address: Address) -> Option<ContractName> {
        ContractName::ALL.into_iter().find(|name| self.address(*name) == address)
    }

    /// Every contract with its address, in the order in which they are deployed.
    pub fn named(&self) -> [(ContractName, Address); 16] {
        ContractName::ALL.map(|name| (name, self.address(name)))
    }
}

impl std::fmt::Display for ContractName {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(self.as_str())
    }
}

/// An unlocked account of a development chain.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct DevAccount {
    /// What it plays.
    pub role: DevRole,
    /// Name for people.
    pub name: String,
    /// Address.
    #[cfg_attr(feature = "openapi", schema(value_type = String))]
    pub address: Address,
}

/// What an account of a development chain plays.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
pub enum DevRole {
    /// Owns the owner proxy.
    Owner,
    /// Launches missions.
    Operator,
    /// May pause at once.
    PauseGuardian,
    /// Approves milestones.
    Validator,
    /// Pays gas for what others signed.
    Relayer,
    /// Receives an agent's pay.
    Payee,
}
