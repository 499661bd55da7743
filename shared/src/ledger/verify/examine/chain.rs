//! What only the chain can tell: whether checkpoints and payouts stand where cards say. Whoever can read the chain fetches the
//! receipts, and this compares them.

use alloy_primitives::{Address, B256, U64, U256};
use alloy_sol_types::SolEvent;
use serde::{Deserialize, Serialize};
use serde_json::Value;

use super::Line;
use crate::chain::abi::{ICheckpointLedger, IMissionEscrow};
use crate::id::{MilestoneIndex, MissionId};
use crate::ledger::verify::Check;
use crate::ledger::{Export, TreeHead};
use crate::mission::{MilestoneStatus, MissionState, Payment, PaymentKind, TxEvidence};
use crate::money::TokenAmount;

const WHAT: &str = "what the chain holds";

/// Something that the chain is asked.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ChainQuestion {
    /// The mission.
    pub mission: MissionId,
    /// The contract that must say so; any, where the file names none.
    pub contract: Option<Address>,
    /// Where it must stand.
    pub evidence: TxEvidence,
    /// What it must be.
    pub claim: Claim,
}

/// What a card claims of the chain.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Claim {
    /// A checkpoint stands there.
    Anchored(TreeHead),
    /// The escrow paid a milestone.
    Paid {
        /// Which.
        milestone: MilestoneIndex,
        /// To agents.
        amount: TokenAmount,
        /// What the terms promise the agents.
        owed: Option<TokenAmount>,
        /// To validators.
        validator_reward: TokenAmount,
        /// Every transfer.
        payments: Vec<Payment>,
    },
}

/// As much of a receipt as is looked at.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Receipt {
    transaction_hash: B256,
    block_hash: B256,
    status: U64,
    logs: Vec<Log>,
}

#[derive(Deserialize)]
struct Log {
    address: Address,
    topics: Vec<B256>,
    data: alloy_primitives::Bytes,
}

/// Everything that the chain can be asked about a mission, in the order of the cards.
pub(super) fn questions(state: &MissionState, export: &Export) -> Vec<ChainQuestion> {
    let anchors = export.anchors.iter().map(|anchor| ChainQuestion {
        mission: export.mission,
        contract: anchor.contract,
        evidence: anchor.evidence,
        claim: Claim::Anchored(anchor.tree),
    });
    let escrow = export.chain.map(|chain| chain.contracts.escrow);
    let paid = state.milestones.iter().enumerate().filter_map(|(at, milestone)| {
        let MilestoneStatus::Paid { amount, validator_reward, payments, evidence } =
            &milestone.status
        else {
            return None;
        };
        Some(ChainQuestion {
            mission: export.mission,
            contract: escrow,
            evidence: *evidence,
            claim: Claim::Paid {
                milestone: milestone.index,
                amount: *amount,
                owed: state.created.terms.payout(at),
                validator_reward: *validator_reward,
                payments: payments.clone(),
            },
        })
    });
    anchors.chain(paid).collect()
}

impl ChainQuestion {
    /// What it asks, in words.
    pub fn words(&self) -> String {
        match &self.claim {
            Claim::Anchored(tree) => format!("a checkpoint of {} cards", tree.size),
            Claim::Paid { milestone, amount, .. } => format!("{amount} for milestone {milestone}"),
        }
    }

    /// Compares with the transaction's receipt (`eth_getTransactionReceipt`), null where there is none.
    pub fn answered(&self, receipt: &Value) -> Line {
        let expected = format!("{}, in transaction {}", self.words(), self.evidence.transaction);
        match self.refused(receipt) {
            None => Line::from(Check::holds(WHAT, true, &expected, &expected)),
            Some(why) => Line::from(Check::holds(WHAT, false, why, expected)),
        }
    }

    /// What speaks against it.
    fn refused(&self, receipt: &Value) -> Option<String> {
        if receipt.is_null() {
            return Some("the chain knows no such transaction".to_owned());
        }
        let receipt: Receipt = match serde_json::from_value(receipt.clone()) {
            Ok(receipt) => receipt,
            Err(error) => return Some(format!("the endpoint's answer cannot be read: {error}")),
        };
        if receipt.transaction_hash != self.evidence.transaction {
            return Some(format!(
                "the endpoint answers with transaction {}",
                receipt.transaction_hash
            ));
        }
        if receipt.block_hash != self.evidence.block_hash {
            return Some(format!("it stands in block {}, not in the card's", receipt.block_hash));
        }
        if receipt.status != U64::from(1) {
            return Some("the transaction failed".to_owned());
        }
        let ours = |log: &&Log| self.contract.is_none_or(|contract| log.address == contract);
        let logs: Vec<&Log> = receipt.logs.iter().filter(ours).collect();
        match &self.claim {
            Claim::Anchored(tree) => self.not_anchored(&logs, *tree),
            Claim::Paid { .. } => self.not_paid(&logs),
        }
    }

    fn key(&self) -> B256 {
        self.mission.key().0
    }

    fn not_anchored(&self, logs: &[&Log], tree: TreeHead) -> Option<String> {
        let found = decoded::<ICheckpointLedger::CheckpointAnchored>(logs)
            .filter(|event| event.mission == self.key())
            .map(|event| TreeHead { size: event.size, root: event.root })
            .collect::<Vec<_>>();
        if found.contains(&tree) {
            return None;
        }
        Some(match found.first() {
            Some(other) => format!("it anchors {} cards with root {}", other.size, other.root),
            None => "it anchors no checkpoint of this mission".to_owned(),
        })
    }

    fn not_paid(&self, logs: &[&Log]) -> Option<String> {
        let Claim::Paid { milestone, amount, owed, validator_reward, payments } = &self.claim
        else {
            return None;
        };
        let of_this =
            |mission: B256, index: U256| mission == self.key() && index == U256::from(milestone.0);
        let Some(event) = decoded::<IMissionEscrow::MilestoneReleased>(logs)
            .find(|event| of_this(event.mission, event.milestone))
        else {
            return Some("the escrow releases no such milestone in it".to_owned());
        };
        let (paid, validators) =
            (TokenAmount::new(event.amount), TokenAmount::new(event.validatorReward));
        if (paid, validators) != (*amount, *validator_reward) {
            return Some(format!("the escrow released {paid}, and {validators} to validators"));
        }
        if owed.is_some_and(|owed| owed != paid) {
            let owed = owed.map_or_else(String::new, |owed| owed.to_string());
            return Some(format!("the escrow released {paid}, and the terms promise {owed}"));
        }
        let mut sent: Vec<(Address, U256, u8)> = decoded::<IMissionEscrow::Paid>(logs)
            .filter(|event| of_this(event.mission, event.milestone))
            .map(|event| (event.payee, event.amount, event.kind))
            .collect();
        let mut told: Vec<(Address, U256, u8)> =
            payments.iter().map(|it| (it.payee, it.amount.get(), kind(it.kind))).collect();
        sent.sort_unstable();
        told.sort_unstable();
        (sent != told).then(|| {
            format!(
                "the escrow made {} transfers, and the card tells of {}",
                sent.len(),
                told.len()
            )
        })
    }
}

fn decoded<E: SolEvent>(logs: &[&Log]) -> impl Iterator<Item = E> {
    logs.iter().filter_map(|log| E::decode_raw_log(log.topics.iter().copied(), &log.data).ok())
}

/// The kind's number in the escrow's event.
const fn kind(kind: PaymentKind) -> u8 {
    match kind {
        PaymentKind::Agent => 0,
        PaymentKind::Validator => 1,
        PaymentKind::Bonus => 2,
        PaymentKind::Returned => 3,
    }
}
