//! Logs of our contracts, turned into facts.

use std::collections::BTreeMap;

use alloy::primitives::{Address, B256, U256};
use alloy::rpc::types::{Filter, Log};
use alloy::sol_types::SolEvent;
use phase8_shared::chain::abi::{IBudgetManager, ICheckpointLedger, IMissionEscrow, ISystemPause};
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

/// The logs that facts are made of, in a range of blocks.
pub(super) fn filter(contracts: &Contracts, from: u64, to: u64) -> Filter {
    let addresses = vec![
        contracts.escrow,
        contracts.budget_manager,
        contracts.system_pause,
        contracts.checkpoint_ledger,
    ];
    let topics = vec![
        IMissionEscrow::MissionFunded::SIGNATURE_HASH,
        IMissionEscrow::MilestoneReleased::SIGNATURE_HASH,
        IMissionEscrow::Paid::SIGNATURE_HASH,
        IMissionEscrow::MissionFailed::SIGNATURE_HASH,
        IMissionEscrow::MissionRefunded::SIGNATURE_HASH,
        IBudgetManager::BudgetCapUpdated::SIGNATURE_HASH,
        ISystemPause::FleetPaused::SIGNATURE_HASH,
        ISystemPause::FleetResumed::SIGNATURE_HASH,
        ICheckpointLedger::CheckpointAnchored::SIGNATURE_HASH,
    ];
    Filter::new().from_block(from).to_block(to).address(addresses).event_signature(topics)
}

/// Transactions whose signer a fact needs to name: the contracts' own `by` is the owner proxy.
pub(super) fn need_signer(contracts: &Contracts, logs: &[Log]) -> Vec<B256> {
    let by_someone = |log: &&Log| {
        log.address() == contracts.budget_manager || log.address() == contracts.system_pause
    };
    let mut transactions: Vec<B256> =
        logs.iter().filter(by_someone).filter_map(|log| log.transaction_hash).collect();
    transactions.sort_unstable();
    transactions.dedup();
    transactions
}

/// The facts in these logs, in the order of the chain. What cannot be read is answered apart, since a later fact must not
/// wait for it.
pub(super) fn facts(
    contracts: &Contracts,
    chain_id: u64,
    mut logs: Vec<Log>,
    signers: &BTreeMap<B256, Address>,
) -> (Vec<Observed>, Vec<LogError>) {
    logs.retain(|log| !log.removed);
    logs.sort_by_key(|log| (log.block_number, log.log_index));
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
    let mut facts = Vec::new();
    let mut unreadable = Vec::new();
    for log in &logs {
        match fact(contracts, log, signers, &mut payments) {
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

fn fact(
    contracts: &Contracts,
    log: &Log,
    signers: &BTreeMap<B256, Address>,
    payments: &mut BTreeMap<(B256, B256, U256), Vec<Payment>>,
) -> Result<Option<(Place, ChainFact)>, LogError> {
    let place = Place::of(log).ok_or(LogError::NoPlace)?;
    let signer = || signers.get(&place.transaction).copied().ok_or(LogError::NoPlace);
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
            by: signer()?,
        }
    } else if is(log, contracts.system_pause, ISystemPause::FleetPaused::SIGNATURE_HASH) {
        ChainFact::FleetPaused { by: signer()? }
    } else if is(log, contracts.system_pause, ISystemPause::FleetResumed::SIGNATURE_HASH) {
        ChainFact::FleetResumed { by: signer()? }
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
    } else {
        return Ok(None);
    };
    Ok(Some((place, fact)))
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
