//! Who ordered what a transaction did. The contracts name whoever called them: the owner's door, or a timelock that
//! anybody may have set off. The order behind it is the owner's signature at the door.

use std::collections::BTreeMap;

use alloy::primitives::{Address, B256};
use alloy::rpc::types::{Filter, Log};
use alloy::sol_types::SolEvent;
use phase8_shared::chain::Contracts;
use phase8_shared::chain::abi::{IOwnerProxy, IPauseGuardian, ITimelock};

use super::error::ChainError;
use super::rpc::Rpc;

type Executed = IOwnerProxy::Executed;
type CallExecuted = ITimelock::CallExecuted;
type CallScheduled = ITimelock::CallScheduled;
type TripwirePaused = IPauseGuardian::TripwirePaused;

/// The author of every transaction among the logs of levers: the owner whose order passed the door, now or when the
/// operation was scheduled; the governor, for what it decided; the guardian who pulled the brake by hand; else who sent
/// it. `None` if the chain changed under the reading.
pub(super) async fn find(
    rpc: &Rpc,
    contracts: &Contracts,
    from_block: u64,
    logs: &[Log],
) -> Result<Option<BTreeMap<B256, Address>>, ChainError> {
    let mut authors = BTreeMap::new();
    for log in logs {
        let Some(transaction) = log.transaction_hash else { continue };
        let needs = [
            contracts.budget_manager,
            contracts.system_pause,
            contracts.model_registry,
            contracts.attestation_module,
        ]
        .contains(&log.address());
        if !needs || authors.contains_key(&transaction) {
            continue;
        }
        let Some(author) = author(rpc, contracts, from_block, logs, transaction).await? else {
            return Ok(None);
        };
        authors.insert(transaction, author);
    }
    Ok(Some(authors))
}

async fn author(
    rpc: &Rpc,
    contracts: &Contracts,
    from_block: u64,
    logs: &[Log],
    transaction: B256,
) -> Result<Option<Address>, ChainError> {
    if let Some(owner) = at_the_door(contracts, logs, transaction) {
        return Ok(Some(owner));
    }
    if event::<CallExecuted>(logs, contracts.governor_timelock, transaction).is_some() {
        return Ok(Some(contracts.adapter_governor));
    }
    if let Some(executed) = event::<CallExecuted>(logs, contracts.owner_timelock, transaction)
        && let Some(owner) = scheduler(rpc, contracts, from_block, executed.id).await?
    {
        return Ok(Some(owner));
    }
    if let Some(trip) = event::<TripwirePaused>(logs, contracts.pause_guardian, transaction) {
        return Ok(Some(trip.by));
    }
    Ok(rpc.find_transaction(transaction).await?.map(|found| found.from))
}

/// Who ordered a call through the door in this transaction.
fn at_the_door(contracts: &Contracts, logs: &[Log], transaction: B256) -> Option<Address> {
    event::<Executed>(logs, contracts.owner_proxy, transaction).map(|executed| executed.by)
}

fn event<E: SolEvent>(logs: &[Log], address: Address, transaction: B256) -> Option<E> {
    logs.iter()
        .filter(|log| log.transaction_hash == Some(transaction) && log.address() == address)
        .filter(|log| log.topic0() == Some(&E::SIGNATURE_HASH))
        .find_map(|log| E::decode_log(&log.inner).ok())
        .map(|log| log.data)
}

/// Who had an operation of the owner's timelock scheduled.
async fn scheduler(
    rpc: &Rpc,
    contracts: &Contracts,
    from_block: u64,
    id: B256,
) -> Result<Option<Address>, ChainError> {
    let scheduled = Filter::new()
        .from_block(from_block)
        .address(contracts.owner_timelock)
        .event_signature(CallScheduled::SIGNATURE_HASH)
        .topic1(id);
    let found = rpc.logs(&scheduled).await?;
    // The same operation may have been cancelled and scheduled again.
    let Some(last) = found.last() else { return Ok(None) };
    let (Some(block), Some(transaction)) = (last.block_number, last.transaction_hash) else {
        return Ok(None);
    };
    let ordered = Filter::new()
        .from_block(block)
        .to_block(block)
        .address(contracts.owner_proxy)
        .event_signature(Executed::SIGNATURE_HASH);
    Ok(at_the_door(contracts, &rpc.logs(&ordered).await?, transaction))
}
