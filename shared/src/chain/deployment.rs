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
