//! What the chain says about the guild.

use alloy_primitives::Address;
use alloy_sol_types::SolCall;
use phase8_shared::api::{ReadRequest, ReadValue};
use phase8_shared::chain::abi::IValidatorRegistry;
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
