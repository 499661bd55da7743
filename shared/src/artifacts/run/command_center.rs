//! `phase8-owner-command-center.md` of a mission that ran: which levers were pulled, what stands now, and which calls the
//! owner may want to queue because of what the mission found.

use super::super::markdown::{Document, Side, code, plain};
use super::{Artifact, Run};
use crate::mission::{MilestoneStatus, Payload, QuestionAbout};
use crate::simulate::OWNER_CONTROLS;
use crate::timeline::{Card, Lane, evidence};

impl Run<'_> {
    /// What the owner did, and can still do.
    pub fn command_center(&self) -> Artifact {
        let state = &self.state;
        let mut document = Document::new(
            "Owner command center",
            format_args!(
                "As mission {} ({}) left it at {}.",
                code(state.created.mission),
                plain(&state.created.name),
                state.as_of
            ),
        );
        document.section("Active control surface");
        document.facts([
            ("Outcome", plain(&self.outcome_words())),
            ("Budget cap", state.budget.cap.to_string()),
            ("Spent", state.budget.spent.to_string()),
            ("Human co-pilot", if state.co_pilot { "required" } else { "not required" }.to_owned()),
            (
                "Standing still",
                if state.pauses.is_empty() {
                    "no".to_owned()
                } else {
                    let causes: Vec<String> = state
                        .pauses
                        .iter()
                        .map(|cause| format!("{cause:?}").to_lowercase())
                        .collect();
                    format!("**yes**: {}", causes.join(", "))
                },
            ),
            (
                "Milestones unpaid",
                state
                    .milestones
                    .iter()
                    .filter(|it| !matches!(it.status, MilestoneStatus::Paid { .. }))
                    .count()
                    .to_string(),
            ),
        ]);
        document.section("Levers that were pulled");
        let rows = self.events().filter_map(|event| {
            let card = Card::at(self.journal, event.seq)?;
            (card.lane == Lane::Levers).then(|| {
                let proof = evidence(&event.payload);
                [
                    event.seq.to_string(),
                    format!("T+{}", self.minute(event.seq)),
                    plain(&card.who),
                    format!("**{}.** {}", plain(&card.title), plain(&card.detail)),
                    proof.map_or_else(|| "signed, off chain".to_owned(), |it| code(it.transaction)),
                ]
            })
        });
        let columns = [
            ("Card", Side::Right),
            ("Minute", Side::Right),
            ("Who", Side::Left),
            ("What", Side::Left),
            ("Evidence", Side::Left),
        ];
        document.table(columns, rows);
        document.section("To queue");
        document.paragraph("What the mission found, and the call that answers it. Prepare each on the Owner page, or as a Safe batch.");
        document.tasks(self.to_queue());
        document.section("Authority levers");
        let levers = OWNER_CONTROLS.iter().map(|it| {
            [
                format!("**{}**", it.label),
                code(format_args!("{}.{}", it.contract, it.function_signature)),
                it.impact.to_owned(),
            ]
        });
        document.table([("Lever", Side::Left), ("Call", Side::Left), ("Then", Side::Left)], levers);
        Artifact { name: "phase8-owner-command-center.md", text: document.finish() }
    }

    /// What is worth a call, from what the ledger holds.
    fn to_queue(&self) -> Vec<String> {
        let state = &self.state;
        let mut calls = Vec::new();
        let mut budget = false;
        for event in self.events() {
            if matches!(event.payload, Payload::BudgetExhausted { .. }) && !budget {
                budget = true;
                calls.push(format!(
                    "The budget ran short at card {}: {} for the next mission of this job, or fewer agents side by side",
                    event.seq,
                    code("BudgetManager.updateCap(bytes32,uint256)")
                ));
            }
        }
        for trip in &state.trips {
            match trip.judged_wrong {
                None => calls.push(format!(
                    "Card {}: {} tripped and nobody judged it: look at it, then {} if it stands",
                    trip.seq,
                    code(trip.trip.tripwire),
                    code("PauseGuardian.pauseAll()")
                )),
                Some(false) => calls.push(format!(
                    "Card {}: {} was right ({}): choose another adapter with {} if it comes again",
                    trip.seq,
                    code(trip.trip.tripwire),
                    plain(&trip.trip.words),
                    code("ModelRegistry.setActiveAdapter(bytes32,bytes32)")
                )),
                Some(true) => {}
            }
        }
        for (seq, question) in &state.questions {
            if let QuestionAbout::UnknownCall { charged, .. } = question.about {
                calls.push(format!(
                    "Card {seq}: nobody knows what a call cost; {charged} is charged until the owner answers what was billed"
                ));
            }
        }
        if !state.pauses.is_empty() {
            calls.push(format!(
                "The mission stands still: {} when the reason is gone",
                code("Phase8UniversalValueManager.forwardPauseCall(unpauseAll())")
            ));
        }
        if calls.is_empty() {
            calls.push(
                "Nothing: the mission left no question open and tripped over nothing that stands"
                    .to_owned(),
            );
        }
        calls
    }
}
