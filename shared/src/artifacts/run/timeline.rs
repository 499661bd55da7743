//! `phase8-mission-timeline.md` of a mission that ran: what happened, in order, with what proves it.

use super::super::markdown::{Document, Side, account, code, plain};
use super::simulation::is_telling;
use super::{Artifact, Run};
use crate::chain::field::duration_words;
use crate::mission::{MilestoneStatus, Payment, PaymentKind, TxEvidence};
use crate::money::TokenAmount;
use crate::timeline::{Card, evidence};

/// What was paid for a milestone.
pub(super) struct Payout<'a> {
    pub(super) name: &'a str,
    pub(super) validator_reward: TokenAmount,
    pub(super) payments: &'a [Payment],
    pub(super) evidence: &'a TxEvidence,
}

impl Run<'_> {
    pub(super) fn payouts(&self) -> Vec<Payout<'_>> {
        let paid = self.state.milestones.iter().filter_map(|milestone| match &milestone.status {
            MilestoneStatus::Paid { validator_reward, payments, evidence, .. } => Some(Payout {
                name: &milestone.name,
                validator_reward: *validator_reward,
                payments,
                evidence,
            }),
            MilestoneStatus::Pending | MilestoneStatus::AwaitingApproval { .. } => None,
        });
        paid.collect()
    }

    /// What happened, for guardians.
    pub fn timeline(&self) -> Artifact {
        let state = &self.state;
        let mut document = Document::new(
            "Mission timeline",
            format_args!(
                "What happened in mission {}, written from its ledger. Times are the mission's own, in minutes after the launch.",
                code(state.created.mission)
            ),
        );
        document.facts([
            ("Mission", plain(&state.created.name)),
            ("Outcome", plain(&self.outcome_words())),
            ("Created", state.created_at.to_string()),
            ("Last event", format!("{} at {}", self.journal.last(), state.as_of)),
            ("Duration", duration_words(self.minutes().saturating_mul(60))),
            ("Spent", format!("{} of {}", state.budget.spent, state.budget.cap)),
            (
                "Rehearsal",
                if state.created.rehearsal { "yes: no model was asked" } else { "no" }.to_owned(),
            ),
        ]);
        document.section("Simulated and actual");
        let rows = self.compared().into_iter().map(|line| {
            let kept = match line.kept {
                Some(true) => "yes",
                Some(false) => "**no**",
                None => "–",
            };
            let simulated = line.simulated.map_or_else(|| "–".to_owned(), |it| plain(&it));
            [plain(&line.subject), simulated, plain(&line.actual), kept.to_owned()]
        });
        let columns = [
            ("What", Side::Left),
            ("Simulated", Side::Left),
            ("Actual", Side::Left),
            ("Kept", Side::Left),
        ];
        document.table(columns, rows);
        document.section("Timeline");
        document.paragraph(
            "Model calls, check-ins and anchored checkpoints are in the export, card by card.",
        );
        let rows = self.events().filter(|event| is_telling(&event.payload)).filter_map(|event| {
            let card = Card::at(self.journal, event.seq)?;
            let proof = evidence(&event.payload);
            let detail = if card.detail.is_empty() {
                String::new()
            } else {
                format!(" {}", plain(&card.detail))
            };
            Some([
                event.seq.to_string(),
                format!("T+{}", self.minute(event.seq)),
                plain(&card.who),
                format!("**{}.**{detail}", plain(&card.title)),
                card.status.to_owned(),
                proof.map_or_else(|| "–".to_owned(), |it| code(it.transaction)),
            ])
        });
        let columns = [
            ("Card", Side::Right),
            ("Minute", Side::Right),
            ("Who", Side::Left),
            ("What", Side::Left),
            ("State", Side::Left),
            ("Transaction", Side::Left),
        ];
        document.table(columns, rows);
        document.section("Payouts");
        let rows = self.payouts().into_iter().flat_map(|paid| {
            let (name, transaction) = (plain(paid.name), code(paid.evidence.transaction));
            paid.payments.iter().map(move |payment| {
                [
                    name.clone(),
                    kind_words(payment.kind).to_owned(),
                    account(payment.payee),
                    payment.amount.to_string(),
                    transaction.clone(),
                ]
            })
        });
        let columns = [
            ("Milestone", Side::Left),
            ("For", Side::Left),
            ("To", Side::Left),
            ("Amount", Side::Right),
            ("Transaction", Side::Left),
        ];
        document.table(columns, rows);
        Artifact { name: "phase8-mission-timeline.md", text: document.finish() }
    }
}

const fn kind_words(kind: PaymentKind) -> &'static str {
    match kind {
        PaymentKind::Agent => "an agent's share",
        PaymentKind::Validator => "a validator's approval",
        PaymentKind::Bonus => "finishing in time",
        PaymentKind::Returned => "returned to the operator",
    }
}
