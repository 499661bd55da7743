//! Milestones and payouts as they are read.

use alloy_primitives::{Address, B256};
use phase8_shared::id::MilestoneIndex;
use phase8_shared::ledger::Commitment;
use phase8_shared::mission::{MilestoneState, MilestoneStatus, MissionState, PaymentKind};
use phase8_shared::money::TokenAmount;
use phase8_shared::time::Timestamp;

use crate::ui::Tone;

/// One milestone.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Row {
    /// Which one.
    pub(crate) index: MilestoneIndex,
    /// Its name.
    pub(crate) name: String,
    /// What it pays to agents.
    pub(crate) payout: TokenAmount,
    /// The status for programs.
    pub(crate) status: &'static str,
    /// The status for people.
    pub(crate) words: String,
    /// How that feels.
    pub(crate) tone: Tone,
    /// The deliverable, once there is one.
    pub(crate) deliverable: Option<Deliverable>,
    /// What was paid, once it was.
    pub(crate) paid: Option<Paid>,
}

/// A deliverable that can be opened.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Deliverable {
    /// Its title.
    pub(crate) title: String,
    /// What the ledger holds of it.
    pub(crate) commitment: Commitment,
}

/// What a released milestone paid.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Paid {
    /// To agents.
    pub(crate) amount: TokenAmount,
    /// To validators.
    pub(crate) validators: TokenAmount,
    /// The release.
    pub(crate) transaction: B256,
    /// Its block.
    pub(crate) block: u64,
    /// Payee, amount, and what for.
    pub(crate) transfers: Vec<(Address, TokenAmount, &'static str)>,
}

/// The milestones in the order of the job spec.
pub(crate) fn rows(state: &MissionState, now: Timestamp) -> Vec<Row> {
    state.milestones.iter().map(|milestone| row(state, milestone, now)).collect()
}

/// The milestone's name, or its number.
pub(crate) fn name(milestone: &MilestoneState) -> String {
    if milestone.name.is_empty() {
        format!("Milestone {}", u16::from(milestone.index.0) + 1)
    } else {
        milestone.name.clone()
    }
}

/// The deliverable that claims a milestone.
pub(crate) fn deliverable(state: &MissionState, index: MilestoneIndex) -> Option<Deliverable> {
    let step = state.steps.iter().find(|step| step.plan.milestone == Some(index))?;
    Some(Deliverable { title: step.plan.title.clone(), commitment: step.status.commitment()? })
}

fn row(state: &MissionState, milestone: &MilestoneState, now: Timestamp) -> Row {
    let quorum = usize::from(state.created.terms.quorum);
    let (status, words, tone, paid) = match &milestone.status {
        MilestoneStatus::Pending => ("pending", "Not delivered yet".to_owned(), Tone::Off, None),
        MilestoneStatus::AwaitingApproval { approvals, expires_at, .. } => {
            let signed = format!("{} of {quorum} validators signed", approvals.len());
            if approvals.len() >= quorum {
                (
                    "approved",
                    format!("{signed}; the escrow is being asked to pay"),
                    Tone::Work,
                    None,
                )
            } else if *expires_at <= now {
                ("expired", format!("{signed}; the request has expired"), Tone::Bad, None)
            } else {
                ("awaiting_approval", signed, Tone::Wait, None)
            }
        }
        MilestoneStatus::Paid { amount, validator_reward, payments, evidence } => {
            let transfers = payments
                .iter()
                .map(|payment| (payment.payee, payment.amount, purpose(payment.kind)))
                .collect();
            let paid = Paid {
                amount: *amount,
                validators: *validator_reward,
                transaction: evidence.transaction,
                block: evidence.block_number,
                transfers,
            };
            ("paid", "Paid".to_owned(), Tone::Ok, Some(paid))
        }
    };
    Row {
        index: milestone.index,
        name: name(milestone),
        payout: milestone.payout,
        status,
        words,
        tone,
        deliverable: deliverable(state, milestone.index),
        paid,
    }
}

const fn purpose(kind: PaymentKind) -> &'static str {
    match kind {
        PaymentKind::Agent => "agent",
        PaymentKind::Validator => "validator",
        PaymentKind::Bonus => "bonus for being in time",
        PaymentKind::Returned => "returned to the operator",
    }
}

#[cfg(test)]
mod tests {
    use phase8_shared::mission::Actor;

    use super::*;
    use crate::live::sample;

    const NOW: Timestamp = Timestamp::from_millis(1_795_415_900_000);

    #[test]
    fn a_milestone_that_waits_says_who_has_signed() {
        let journal = sample::journal();
        let rows = rows(journal.state().unwrap(), NOW);

        assert_eq!(rows[0].status, "awaiting_approval");
        assert_eq!(rows[0].words, "1 of 2 validators signed");
        assert_eq!(rows[0].deliverable.as_ref().unwrap().title, "Blueprint");
        assert_eq!((rows[1].status, rows[1].deliverable.as_ref()), ("pending", None));
    }

    #[test]
    fn a_request_that_ran_out_is_called_expired() {
        let journal = sample::journal();
        let later = Timestamp::from_millis(1_795_500_000_000);

        assert_eq!(rows(journal.state().unwrap(), later)[0].status, "expired");
    }

    #[test]
    fn a_paid_milestone_shows_every_transfer_and_keeps_its_deliverable() {
        let journal = sample::journal_with(vec![(Actor::Chain, sample::paid())]);
        let row = rows(journal.state().unwrap(), NOW).remove(0);
        let paid = row.paid.unwrap();

        assert_eq!(row.status, "paid");
        assert_eq!(paid.transaction, sample::tx(4).transaction);
        assert_eq!(paid.transfers, [(Address::repeat_byte(11), sample::tokens("400"), "agent")]);
        assert!(row.deliverable.is_some());
    }
}
