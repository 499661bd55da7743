//! Brings the guild of a development chain in line with the governance policies, with the owner's own account: missions
//! under way keep their escrow.

use alloy::primitives::{Address, Bytes};
use alloy::sol_types::SolCall;
use phase8_shared::chain::Contracts;
use phase8_shared::chain::abi::{IOwnerProxy, IValidatorRegistry};
use phase8_shared::policy::GovernancePolicies;
use serde_json::json;
use tracing::{info, warn};

use super::super::dev_accounts::DevAccounts;
use super::super::error::ChainError;
use super::super::rpc::Rpc;
use super::{DeployError, included};

/// Adds who is missing, then removes who is no longer named.
pub(super) async fn align(
    rpc: &Rpc,
    contracts: &Contracts,
    policies: &GovernancePolicies,
    accounts: &DevAccounts,
) -> Result<(), DeployError> {
    let wanted = policies.guild();
    let found =
        rpc.view(contracts.validator_registry, IValidatorRegistry::validatorsCall {}).await?;
    let added = wanted.iter().filter(|member| !found.contains(member));
    let removed = found.iter().filter(|member| !wanted.contains(member));
    let calls: Vec<(Address, Vec<u8>)> = added
        .map(|account| {
            (*account, IValidatorRegistry::addValidatorCall { account: *account }.abi_encode())
        })
        .chain(removed.map(|account| {
            (*account, IValidatorRegistry::removeValidatorCall { account: *account }.abi_encode())
        }))
        .collect();
    if calls.is_empty() {
        return Ok(());
    }
    let owner = rpc.view(contracts.owner_proxy, IOwnerProxy::ownerCall {}).await?;
    if !accounts.holds(owner) {
        warn!(
            "the guild on the chain differs from the governance policies; its owner must change it"
        );
        return Ok(());
    }
    for (account, call) in calls {
        let execute =
            IOwnerProxy::executeCall { target: contracts.validator_registry, data: call.into() };
        let data = Bytes::from(execute.abi_encode());
        let request = json!([{ "from": owner, "to": contracts.owner_proxy, "data": data }]);
        match rpc.ask("eth_sendTransaction", request).await {
            Ok(transaction) => {
                included(rpc, transaction, &format!("the change of {account} in the guild"))
                    .await?;
                info!("changed a member of the guild as the governance policies say");
            }
            // Such as a removal that would leave fewer members than the quorum: the checklist shows it.
            Err(ChainError::Refused(reason)) => {
                warn!(
                    "the guild could not be changed as the governance policies say: {}",
                    reason.name.unwrap_or("refused")
                );
            }
            Err(error) => return Err(error.into()),
        }
    }
    Ok(())
}
