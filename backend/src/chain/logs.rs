//! Logs of our contracts, turned into facts.

use std::collections::{BTreeMap, BTreeSet};

use alloy::primitives::{Address, B256, U256};
use alloy::rpc::types::Log;
use alloy::sol_types::SolEvent;
use phase8_shared::chain::abi::{
    IAttestationModule, IBudgetManager, ICheckpointLedger, IMissionEscrow, IModelRegistry,
    IOwnerProxy, IPauseGuardian, ISystemPause, ITimelock,
};
use phase8_shared::chain::{ChainFact, Contracts, Observed};
use phase8_shared::id::{MilestoneIndex, MissionKey};
use phase8_shared::ledger::TreeHead;
use phase8_shared::mission::{Payment, PaymentKind, TxEvidence};
use phase8_shared::money::{MicroUsd, TokenAmount};

/// A log that is not what its contract and topic promise.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub(super) enum LogError {
    /// The node left out where the log stands.
    #[error("a log without its place on the chain")]
    NoPlace,
    /// The data does not decode.
    #[error("log {log_index} of transaction {transaction} is not a {event} event")]
    Data {
        /// Which transaction.
        transaction: B256,
        /// Which log.
        log_index: u64,
        /// What it should be.
        event: &'static str,
    },
}

/// Where a log stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Place {
    block_number: u64,
    block_hash: B256,
    transaction: B256,
    log_index: u64,
}

/// Of these logs, those that facts are made of, and those that say who ordered them.
pub(super) fn that_matter(contracts: &Contracts, logs: &[Log]) -> Vec<Log> {
    let addresses = [
        contracts.escrow,
        contracts.budget_manager,
        contracts.system_pause,
        contracts.pause_guardian,
        contracts.checkpoint_ledger,
        contracts.model_registry,
        contracts.attestation_module,
        contracts.owner_proxy,
        contracts.owner_timelock,
        contracts.governor_timelock,
    ];
    let matters = |log: &&Log| {
        addresses.contains(&log.address())
            && log.topic0().is_some_and(|topic| TOPICS.contains(topic))
    };
    logs.iter().filter(matters).cloned().collect()
}

const TOPICS: [B256; 18] = [
    IMissionEscrow::MissionFunded::SIGNATURE_HASH,
    IMissionEscrow::MilestoneReleased::SIGNATURE_HASH,
    IMissionEscrow::Paid::SIGNATURE_HASH,
    IMissionEscrow::MissionFailed::SIGNATURE_HASH,
    IMissionEscrow::MissionRefunded::SIGNATURE_HASH,
    IBudgetManager::BudgetCapUpdated::SIGNATURE_HASH,
    ISystemPause::FleetPaused::SIGNATURE_HASH,
    ISystemPause::FleetResumed::SIGNATURE_HASH,
    ICheckpointLedger::CheckpointAnchored::SIGNATURE_HASH,
    IPauseGuardian::TripwirePaused::SIGNATURE_HASH,
    IModelRegistry::ActiveAdapterChanged::SIGNATURE_HASH,
    IModelRegistry::ActiveAdapterRolledBack::SIGNATURE_HASH,
    IModelRegistry::CoPilotChanged::SIGNATURE_HASH,
    IAttestationModule::Summoned::SIGNATURE_HASH,
    IAttestationModule::SummonsAcknowledged::SIGNATURE_HASH,
    IAttestationModule::SummonsRevoked::SIGNATURE_HASH,
    IOwnerProxy::Executed::SIGNATURE_HASH,
    ITimelock::CallExecuted::SIGNATURE_HASH,
];

/// The facts in these logs, which are in the order of the chain. What cannot be read is answered apart, since a later fact must not
/// wait for it.
pub(super) fn facts(
    contracts: &Contracts,
    chain_id: u64,
    logs: &[Log],
    authors: &BTreeMap<B256, Address>,
) -> (Vec<Observed>, Vec<LogError>) {
    let mut payments: BTreeMap<(B256, B256, U256), Vec<Payment>> = BTreeMap::new();
    for paid in
        logs.iter().filter(|log| is(log, contracts.escrow, IMissionEscrow::Paid::SIGNATURE_HASH))
    {
        let decoded = IMissionEscrow::Paid::decode_log(&paid.inner);
        if let (Some(transaction), Ok(event)) = (paid.transaction_hash, decoded) {
            let payment = Payment {
                payee: event.payee,
                amount: TokenAmount::new(event.amount),
                kind: payment_kind(event.kind),
            };
            payments
                .entry((transaction, event.mission, event.milestone))
                .or_default()
                .push(payment);
        }
    }
    let trips: BTreeSet<B256> = logs
        .iter()
        .filter(|log| {
            is(log, contracts.pause_guardian, IPauseGuardian::TripwirePaused::SIGNATURE_HASH)
        })
        .filter_map(|log| log.transaction_hash)
        .collect();
    let known = Known { contracts, authors, trips: &trips };
    let mut facts = Vec::new();
    let mut unreadable = Vec::new();
    for log in logs {
        match fact(&known, log, &mut payments) {
            Ok(Some((place, fact))) => {
                facts.push(Observed { evidence: place.evidence(chain_id), fact });
            }
            Ok(None) => {}
            Err(error) => unreadable.push(error),
        }
    }
    (facts, unreadable)
}

fn is(log: &Log, address: Address, topic: B256) -> bool {
    log.address() == address && log.topic0() == Some(&topic)
}

fn decode<E: SolEvent>(place: &Place, log: &Log, event: &'static str) -> Result<E, LogError> {
    let error =
        |_| LogError::Data { transaction: place.transaction, log_index: place.log_index, event };
    E::decode_log(&log.inner).map(|log| log.data).map_err(error)
}

/// What a log's fact needs to know beside the log.
struct Known<'l> {
    contracts: &'l Contracts,
    /// Who ordered what a transaction did.
    authors: &'l BTreeMap<B256, Address>,
    /// Transactions in which a tripwire paused the fleet.
    trips: &'l BTreeSet<B256>,
}

fn fact(
    known: &Known<'_>,
    log: &Log,
    payments: &mut BTreeMap<(B256, B256, U256), Vec<Payment>>,
) -> Result<Option<(Place, ChainFact)>, LogError> {
    let place = Place::of(log).ok_or(LogError::NoPlace)?;
    let contracts = known.contracts;
    let author = || known.authors.get(&place.transaction).copied().ok_or(LogError::NoPlace);
    let key = MissionKey;
    let fact = if is(log, contracts.escrow, IMissionEscrow::MissionFunded::SIGNATURE_HASH) {
        let event: IMissionEscrow::MissionFunded = decode(&place, log, "MissionFunded")?;
        ChainFact::MissionFunded {
            mission: key(event.mission),
            operator: event.operator,
            deposit: TokenAmount::new(event.deposit),
            terms_hash: event.termsHash,
        }
    } else if is(log, contracts.escrow, IMissionEscrow::MilestoneReleased::SIGNATURE_HASH) {
        let event: IMissionEscrow::MilestoneReleased = decode(&place, log, "MilestoneReleased")?;
        let Ok(milestone) = u8::try_from(event.milestone) else {
            return Err(LogError::Data {
                transaction: place.transaction,
                log_index: place.log_index,
                event: "MilestoneReleased",
            });
        };
        ChainFact::MilestoneReleased {
            mission: key(event.mission),
            milestone: MilestoneIndex(milestone),
            amount: TokenAmount::new(event.amount),
            validator_reward: TokenAmount::new(event.validatorReward),
            payments: payments
                .remove(&(place.transaction, event.mission, event.milestone))
                .unwrap_or_default(),
        }
    } else if is(log, contracts.escrow, IMissionEscrow::MissionFailed::SIGNATURE_HASH) {
        let event: IMissionEscrow::MissionFailed = decode(&place, log, "MissionFailed")?;
        ChainFact::MissionFailed { mission: key(event.mission), reason: event.reason }
    } else if is(log, contracts.escrow, IMissionEscrow::MissionRefunded::SIGNATURE_HASH) {
        let event: IMissionEscrow::MissionRefunded = decode(&place, log, "MissionRefunded")?;
        ChainFact::MissionRefunded { mission: key(event.mission) }
    } else if is(log, contracts.budget_manager, IBudgetManager::BudgetCapUpdated::SIGNATURE_HASH) {
        let event: IBudgetManager::BudgetCapUpdated = decode(&place, log, "BudgetCapUpdated")?;
        ChainFact::BudgetCapUpdated {
            mission: key(event.mission),
            previous: MicroUsd::new(event.previous.saturating_to()),
            current: MicroUsd::new(event.current.saturating_to()),
            by: author()?,
        }
    } else if is(log, contracts.system_pause, ISystemPause::FleetPaused::SIGNATURE_HASH) {
        ChainFact::FleetPaused { by: author()?, tripwire: known.trips.contains(&place.transaction) }
    } else if is(log, contracts.system_pause, ISystemPause::FleetResumed::SIGNATURE_HASH) {
        ChainFact::FleetResumed { by: author()? }
    } else if is(
        log,
        contracts.checkpoint_ledger,
        ICheckpointLedger::CheckpointAnchored::SIGNATURE_HASH,
    ) {
        let event: ICheckpointLedger::CheckpointAnchored =
            decode(&place, log, "CheckpointAnchored")?;
        ChainFact::CheckpointAnchored {
            mission: key(event.mission),
            tree: TreeHead { size: event.size, root: event.root },
        }
    } else if log.address() == contracts.model_registry {
        return Ok(registry_fact(&place, log, &author)?.map(|fact| (place, fact)));
    } else if log.address() == contracts.attestation_module {
        return Ok(summons_fact(&place, log, &author)?.map(|fact| (place, fact)));
    } else {
        return Ok(None);
    };
    Ok(Some((place, fact)))
}

type Author<'a> = &'a dyn Fn() -> Result<Address, LogError>;

fn registry_fact(
    place: &Place,
    log: &Log,
    author: Author<'_>,
) -> Result<Option<ChainFact>, LogError> {
    type Changed = IModelRegistry::ActiveAdapterChanged;
    type RolledBack = IModelRegistry::ActiveAdapterRolledBack;
    type CoPilot = IModelRegistry::CoPilotChanged;
    let topic = log.topic0().copied().unwrap_or_default();
    let fact = if topic == Changed::SIGNATURE_HASH {
        let event: Changed = decode(place, log, "ActiveAdapterChanged")?;
        ChainFact::AdapterChanged {
            scope: event.scope,
            previous: event.previous,
            current: event.current,
            rolled_back: false,
            reason: event.reason,
            by: author()?,
        }
    } else if topic == RolledBack::SIGNATURE_HASH {
        let event: RolledBack = decode(place, log, "ActiveAdapterRolledBack")?;
        ChainFact::AdapterChanged {
            scope: event.scope,
            previous: event.from,
            current: event.to,
            rolled_back: true,
            reason: String::new(),
            by: author()?,
        }
    } else if topic == CoPilot::SIGNATURE_HASH {
        let event: CoPilot = decode(place, log, "CoPilotChanged")?;
        ChainFact::CoPilotChanged {
            mission: MissionKey(event.mission),
            required: event.required,
            by: author()?,
        }
    } else {
        return Ok(None);
    };
    Ok(Some(fact))
}

fn summons_fact(
    place: &Place,
    log: &Log,
    author: Author<'_>,
) -> Result<Option<ChainFact>, LogError> {
    type Summoned = IAttestationModule::Summoned;
    type Acknowledged = IAttestationModule::SummonsAcknowledged;
    type Revoked = IAttestationModule::SummonsRevoked;
    let topic = log.topic0().copied().unwrap_or_default();
    let fact = if topic == Summoned::SIGNATURE_HASH {
        let event: Summoned = decode(place, log, "Summoned")?;
        ChainFact::ValidatorSummoned {
            mission: MissionKey(event.mission),
            token: event.token,
            validator: event.validator,
            expiry: event.expiry,
            by: author()?,
        }
    } else if topic == Acknowledged::SIGNATURE_HASH {
        let event: Acknowledged = decode(place, log, "SummonsAcknowledged")?;
        ChainFact::SummonsAcknowledged {
            mission: MissionKey(event.mission),
            token: event.token,
            validator: event.validator,
        }
    } else if topic == Revoked::SIGNATURE_HASH {
        let event: Revoked = decode(place, log, "SummonsRevoked")?;
        ChainFact::SummonsRevoked {
            mission: MissionKey(event.mission),
            token: event.token,
            validator: event.validator,
            by: author()?,
        }
    } else {
        return Ok(None);
    };
    Ok(Some(fact))
}

/// The escrow's `PayoutKind`.
fn payment_kind(kind: u8) -> PaymentKind {
    match kind {
        0 => PaymentKind::Agent,
        1 => PaymentKind::Validator,
        2 => PaymentKind::Bonus,
        // The stake, and the bonus of a mission that was late.
        _ => PaymentKind::Returned,
    }
}

impl Place {
    fn of(log: &Log) -> Option<Self> {
        Some(Self {
            block_number: log.block_number?,
            block_hash: log.block_hash?,
            transaction: log.transaction_hash?,
            log_index: log.log_index?,
        })
    }

    const fn evidence(&self, chain_id: u64) -> TxEvidence {
        TxEvidence {
            chain_id,
            block_number: self.block_number,
            block_hash: self.block_hash,
            transaction: self.transaction,
            log_index: self.log_index,
        }
    }
}
