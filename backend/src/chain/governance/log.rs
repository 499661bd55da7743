//! Logs of governance contracts, read into what they say.

use alloy::primitives::Address;
use alloy::rpc::types::Log;
use alloy::sol_types::{SolEvent, SolEventInterface};
use phase8_shared::chain::Contracts;
use phase8_shared::chain::abi::{
    IAdapterGovernor, IAttestationModule, IGuardianCouncil, IModelRegistry, IOwnerProxy,
    IPauseGuardian, ITimelock, IUpgradeCoordinator,
};
use phase8_shared::mission::TxEvidence;
use tracing::error;

/// One event with its place on the chain.
#[derive(Debug, Clone)]
pub(super) struct Entry {
    /// Where it stands.
    pub(super) evidence: TxEvidence,
    /// Unix seconds of its block; only events that count from it carry it.
    pub(super) block_time: u64,
    /// What it says.
    pub(super) said: Said,
}

/// What a governance contract says.
#[derive(Debug, Clone)]
pub(super) enum Said {
    /// A timelock, this one.
    Timelock(Address, ITimelock::ITimelockEvents),
    /// The guardian council.
    Council(IGuardianCouncil::IGuardianCouncilEvents),
    /// The upgrade coordinator.
    Coordinator(IUpgradeCoordinator::IUpgradeCoordinatorEvents),
    /// The model registry.
    Models(IModelRegistry::IModelRegistryEvents),
    /// The attestation module.
    Attestation(IAttestationModule::IAttestationModuleEvents),
    /// The owner's door.
    Door(IOwnerProxy::IOwnerProxyEvents),
    /// The votes on adapters.
    Governor(IAdapterGovernor::IAdapterGovernorEvents),
    /// The pause guardian.
    Brake(IPauseGuardian::IPauseGuardianEvents),
}

/// Whether an event counts from the time of its block.
pub(super) fn needs_time(log: &Log) -> bool {
    log.topic0() == Some(&ITimelock::CallScheduled::SIGNATURE_HASH)
}

/// What a log says; `None` if it is about nothing that is followed here.
pub(super) fn entry(
    contracts: &Contracts,
    chain_id: u64,
    log: &Log,
    block_time: u64,
) -> Option<Entry> {
    let evidence = TxEvidence {
        chain_id,
        block_number: log.block_number?,
        block_hash: log.block_hash?,
        transaction: log.transaction_hash?,
        log_index: log.log_index?,
    };
    let address = log.address();
    let said = if address == contracts.owner_timelock || address == contracts.governor_timelock {
        Said::Timelock(address, read(log)?)
    } else if address == contracts.guardian_council {
        Said::Council(read(log)?)
    } else if address == contracts.upgrade_coordinator {
        Said::Coordinator(read(log)?)
    } else if address == contracts.model_registry {
        Said::Models(read(log)?)
    } else if address == contracts.attestation_module {
        Said::Attestation(read(log)?)
    } else if address == contracts.owner_proxy {
        Said::Door(read(log)?)
    } else if address == contracts.pause_guardian {
        Said::Brake(read(log)?)
    } else if address == contracts.adapter_governor {
        Said::Governor(read(log)?)
    } else {
        return None;
    };
    Some(Entry { evidence, block_time, said })
}

fn read<E: SolEventInterface>(log: &Log) -> Option<E> {
    let data = log.data();
    match E::decode_raw_log(data.topics(), &data.data) {
        Ok(event) => Some(event),
        // Roles, transfers and the like.
        Err(alloy::sol_types::Error::InvalidLog { .. }) => None,
        Err(error) => {
            let transaction = log.transaction_hash.unwrap_or_default();
            error!(%transaction, "an event of governance is passed over: {error}");
            None
        }
    }
}
