//! The accounts of the development chain: ten wallets of a mnemonic that everybody knows, each with a part to play.

use alloy::primitives::{Address, B256, b256};
use phase8_shared::chain::{DevAccount, DevRole};
use phase8_shared::id::Role;
use phase8_shared::policy::GovernancePolicies;

use super::error::ChainError;
use super::rpc::Rpc;

/// Key of account 6, which deploys and relays on the development chain. It is public and good for nothing else.
pub(crate) const RELAYER_KEY: B256 =
    b256!("92db14e403b83dfe3df233f83dfa3a0d7096f21ca9b0d6d6b8d88b2b4ec1564e");

/// Key of account 0, which owns the contracts of the development chain. It is public and good for nothing else.
pub(crate) const OWNER_KEY: B256 =
    b256!("ac0974bec39a17e36ba4a6b4d238ff944bacb478cbed5efcae784d7bf4f2ff80");

/// Who the accounts are, in the order of the mnemonic.
const CAST: [(DevRole, &str); 10] = [
    (DevRole::Owner, "Owner"),
    (DevRole::Operator, "Operator"),
    (DevRole::PauseGuardian, "Pause guardian"),
    (DevRole::Validator, "Validators' guild"),
    (DevRole::Validator, "Council member 1"),
    (DevRole::Validator, "Council member 2"),
    (DevRole::Relayer, "Relayer"),
    (DevRole::Payee, "Planner's wallet"),
    (DevRole::Payee, "Builder's wallet"),
    (DevRole::Payee, "Analyst's wallet"),
];

/// Which account gets the pay of which agent.
const PAYEES: [(&str, usize); 3] = [(Role::PLANNER, 7), ("dev", 8), ("analyst", 9)];

/// The accounts of a development chain.
#[derive(Debug, Clone)]
pub(super) struct DevAccounts(Vec<Address>);

impl DevAccounts {
    /// Asks the chain for its own accounts.
    pub(super) async fn of(rpc: &Rpc) -> Result<Self, ChainError> {
        rpc.ask("eth_accounts", serde_json::json!([])).await.map(Self)
    }

    /// The wallet that launches missions.
    pub(super) fn operator(&self) -> Option<Address> {
        self.0.get(1).copied()
    }

    /// Whether the chain signs for this account by itself.
    pub(super) fn holds(&self, account: Address) -> bool {
        self.0.contains(&account)
    }

    /// Wallets of agents by role.
    pub(super) fn payees(&self) -> std::collections::BTreeMap<Role, Address> {
        let payee = |(role, index): (&str, usize)| Some((role.parse().ok()?, *self.0.get(index)?));
        PAYEES.into_iter().filter_map(payee).collect()
    }

    /// Who plays what. An account whose part the policies give to somebody else has none.
    pub(super) fn cast(&self, policies: &GovernancePolicies) -> Vec<DevAccount> {
        let guild = policies.guild();
        let plays = |role: DevRole, address: Address| match role {
            DevRole::Owner => address == policies.owner,
            DevRole::PauseGuardian => address == policies.pause_guardian,
            DevRole::Validator => guild.contains(&address),
            DevRole::Operator | DevRole::Relayer | DevRole::Payee => true,
        };
        let accounts =
            self.0.iter().zip(CAST).filter(|(address, (role, _))| plays(*role, **address));
        accounts
            .map(|(address, (role, name))| DevAccount {
                role,
                name: name.to_owned(),
                address: *address,
            })
            .collect()
    }
}
