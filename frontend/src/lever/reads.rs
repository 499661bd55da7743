//! What the chain says about people.

use alloy_primitives::Address;
use alloy_sol_types::SolCall;
use phase8_shared::api::{ReadRequest, ReadValue};
use phase8_shared::chain::abi::{IOwnerProxy, IValidatorRegistry};
use phase8_shared::chain::{Call, Contracts};

use crate::api::{self, ClientError};

/// Reads who belongs to the guild, from a quorum of the endpoints.
pub(crate) async fn guild(contracts: &Contracts) -> Result<Vec<Address>, ClientError> {
    let data = IValidatorRegistry::validatorsCall {}.abi_encode();
    let call = Call { to: contracts.validator_registry, data: data.into() };
    let answer = api::reads(&ReadRequest::of(vec![call])).await?;
    let guild =
        answer.before.first().and_then(ReadValue::decode::<IValidatorRegistry::validatorsCall>);
    guild.ok_or_else(|| {
        ClientError::Garbled("the guild does not answer as this page expects".to_owned())
    })
}

/// Reads who owns the owner proxy and who belongs to the guild, from a quorum of the endpoints at one block.
pub(crate) async fn owner_and_guild(
    contracts: &Contracts,
) -> Result<(Address, Vec<Address>), ClientError> {
    let owner = IOwnerProxy::ownerCall {}.abi_encode();
    let guild = IValidatorRegistry::validatorsCall {}.abi_encode();
    let calls = vec![
        Call { to: contracts.owner_proxy, data: owner.into() },
        Call { to: contracts.validator_registry, data: guild.into() },
    ];
    let answer = api::reads(&ReadRequest::of(calls)).await?;
    let mut values = answer.before.iter();
    let owner = values.next().and_then(ReadValue::decode::<IOwnerProxy::ownerCall>);
    let guild = values.next().and_then(ReadValue::decode::<IValidatorRegistry::validatorsCall>);
    owner.zip(guild).ok_or_else(|| {
        ClientError::Garbled("owner and guild do not answer as this page expects".to_owned())
    })
}
