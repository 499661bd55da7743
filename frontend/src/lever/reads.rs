//! What the chain says about the levers and the guild, all at one block.

use alloy_primitives::{Address, Bytes, U64, U256};
use alloy_sol_types::SolCall;
use phase8_shared::chain::abi::{
    IBudgetManager, IOwnerProxy, IPauseGuardian, ISystemPause, IValidatorRegistry,
};
use phase8_shared::chain::{Call, Contracts};
use phase8_shared::id::MissionKey;
use phase8_shared::money::MicroUsd;
use serde_json::json;

use crate::api::{self, ClientError, Simulated};
use crate::lever::words::Readings;

/// Reads who may flip what, and how the levers stand.
pub(crate) async fn readings(
    contracts: &Contracts,
    mission: MissionKey,
) -> Result<Readings, ClientError> {
    let block = latest_block().await?;
    let cap: U256 =
        view(contracts.budget_manager, &IBudgetManager::capOfCall { mission: mission.0 }, block)
            .await?;
    Ok(Readings {
        block,
        owner: view(contracts.owner_proxy, &IOwnerProxy::ownerCall {}, block).await?,
        guardian: view(contracts.pause_guardian, &IPauseGuardian::guardianCall {}, block).await?,
        paused: view(contracts.system_pause, &ISystemPause::pausedCall {}, block).await?,
        cap: u64::try_from(cap)
            .map(MicroUsd::new)
            .map_err(|_| ClientError::Garbled(format!("a cap of {cap}")))?,
    })
}

/// Reads who belongs to the guild.
pub(crate) async fn guild(contracts: &Contracts) -> Result<Vec<Address>, ClientError> {
    let block = latest_block().await?;
    view(contracts.validator_registry, &IValidatorRegistry::validatorsCall {}, block).await
}

/// What a call from an account would do now: nothing to fear, or why the contract refuses.
pub(crate) async fn rehearse(from: Address, call: &Call) -> Result<Verdict, ClientError> {
    let block = latest_block().await?;
    Ok(match api::simulate(from, call, block).await? {
        Simulated::Succeeds => Verdict::Succeeds { block },
        Simulated::Refused(why) => Verdict::Refused { why },
    })
}

/// What a call would come to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Verdict {
    /// It would succeed, on top of this block.
    Succeeds {
        /// Number of the block.
        block: u64,
    },
    /// The contract would refuse.
    Refused {
        /// In words.
        why: String,
    },
}

async fn latest_block() -> Result<u64, ClientError> {
    let block: U64 = api::rpc("eth_blockNumber", json!([])).await?;
    Ok(block.to())
}

async fn view<C: SolCall>(
    contract: Address,
    call: &C,
    block: u64,
) -> Result<C::Return, ClientError> {
    let data = Bytes::from(call.abi_encode());
    let answer: Bytes =
        api::rpc("eth_call", json!([{ "to": contract, "data": data }, U64::from(block)])).await?;
    C::abi_decode_returns(&answer).map_err(|_| {
        ClientError::Garbled(format!(
            "{contract} does not answer {} as this page expects",
            C::SIGNATURE
        ))
    })
}
