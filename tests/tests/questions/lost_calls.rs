//! A call that was under way when the power was cut: nobody knows what it cost.

use anyhow::{Context, Result, ensure};
use phase8_shared::mission::{CallOutcome, Payload, QuestionAbout};
use phase8_shared::money::MicroUsd;

use crate::job::Job;
use crate::model::{COST, Manner, WORST_CASE};
use crate::stage::{Stage, answers, card, until, usd};

/// All calls of the plan fit under this cap, also if one of them is charged twice.
const HANGS: Job =
    Job { name: "hanging-job", model: Manner::Hangs.id(), cap: 3.0, check_in: false };

impl Stage {
    pub(crate) async fn lost_call(&mut self) -> Result<()> {
        let mission = self.launch(2, HANGS, 1).await?;
        // What is only intended would not be lost on the model's side.
        until("the model is asked", || self.model.was_asked(Manner::Hangs)).await?;
        self.power_cut().await?;

        let unknown = |about: &QuestionAbout| matches!(about, QuestionAbout::UnknownCall { .. });
        let (asked, _) = self.asked(mission, "the call is lost", unknown).await?;
        let state = self
            .control
            .until(mission, "the work goes on and is done", |state| {
                state.awaiting_approval().count() == 2
            })
            .await?;
        // Four turns of two agents, and the lost call at its worst case.
        let answered = MicroUsd::new(usd(COST)?.get() * 8);
        assert_eq!(state.budget.spent.get(), usd(WORST_CASE)?.get() + answered.get());
        let ledger = self.control.ledger(mission).await?;
        let lost: Vec<_> = ledger
            .iter()
            .filter_map(|event| {
                let Payload::ModelCallSettled { call, outcome, cost } = &event.payload else {
                    return None;
                };
                (*outcome == CallOutcome::Unknown {}).then_some((*call, *cost))
            })
            .collect();
        let &[(call, charged)] = lost.as_slice() else { anyhow::bail!("one lost call: {lost:?}") };
        assert_eq!(charged, usd(WORST_CASE)?);
        let named = |payload: &Payload| matches!(payload, Payload::ModelCallRequested { repeats: Some(repeats), .. } if *repeats == call);
        ensure!(ledger.iter().any(|event| named(&event.payload)), "that it is asked anew is said");

        let page = &self.page;
        self.open(mission).await?;
        page.fill("timeline-search", "nobody knows").await?;
        page.see_words("timeline", "Nobody knows whether the model answered").await?;
        page.fill("timeline-search", "").await?;
        page.see_words(&card(asked), "counts as spent until the owner says").await?;
        page.switch_account(self.people.operator).await?;
        page.see_words(&card(asked), "may not answer this").await?;
        page.pictures("question-unknown-operator").await?;

        page.switch_account(self.people.owner).await?;
        let bill = format!("{} [data-testid=\"question-cost\"]", card(asked));
        page.fill(&bill, "0.21").await?;
        page.see_words(&card(asked), "at most $0.20 was charged").await?;
        page.pictures("question-unknown-too-much").await?;
        page.fill(&bill, "0.05").await?;
        self.answer(asked, "reconcile").await?;
        self.recorded(asked).await?;
        page.see_words("timeline", "The provider billed $0.05").await?;

        let state = self.never_over_the_cap(mission).await?;
        assert_eq!(
            state.budget.spent.get(),
            usd("0.05")?.get() + answered.get(),
            "the rest is given back"
        );
        let given = answers(&self.control.ledger(mission).await?);
        let (_, answer, by) = given.first().context("an answer")?;
        assert_eq!((answer.as_str(), *by), ("reconcile:50000", self.people.owner));
        page.see("body:not(:has([data-testid=\"questions\"]))").await?;
        Ok(())
    }
}
