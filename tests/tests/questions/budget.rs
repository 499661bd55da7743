//! A budget that runs short: it asks, and what is answered holds to the micro-dollar.

use anyhow::{Result, ensure};
use phase8_shared::mission::{PauseCause, Payload, QuestionAbout, StepStatus};

use crate::job::Job;
use crate::stage::{FAST, Stage, answers, button, card, usd};

/// A first call fits under this cap, the next one does not.
const SHORT: Job = Job { name: "short-job", cap: 0.24, ..Job::QUIET };

impl Stage {
    pub(crate) async fn short_budget(&self) -> Result<()> {
        let (page, people) = (&self.page, self.people);
        self.inbox_says_nothing().await?;
        let mission = self.launch(1, SHORT, FAST).await?;
        let short = |about: &QuestionAbout| matches!(about, QuestionAbout::Budget { .. });
        let (asked, state) = self.asked(mission, "the budget is short", short).await?;
        ensure!(state.pauses.contains(&PauseCause::Budget) && state.open_calls.is_empty());
        self.inbox_says(1).await?;
        self.open(mission).await?;

        // A stranger sees who may answer, and cannot.
        page.see_words(&card(asked), "is short of budget").await?;
        page.see_words(&card(asked), "may not answer this").await?;
        page.click(&format!("{} summary", card(asked))).await?;
        page.see_words(&card(asked), "Operator").await?;
        let enabled = format!("{} [data-testid=\"answer\"]:enabled", card(asked));
        assert_eq!(page.count(&enabled).await?, 0, "nothing can be pressed");
        page.pictures("question-budget-stranger").await?;

        // The operator: first declines in the wallet, then has the step finished.
        page.switch_account(people.operator).await?;
        self.refuse_in_wallet(asked, "finish-step").await?;
        page.pictures("question-budget-rejected").await?;
        let spent = self.control.fold(mission).await?.budget.spent;
        assert_eq!(spent, state.budget.spent, "nothing is spent unsigned");
        page.fill(
            &format!("{} [data-testid=\"question-reason\"]", card(asked)),
            "Enough for a draft",
        )
        .await?;
        self.answer(asked, "finish-step").await?;
        self.recorded(asked).await?;

        // The step is done, and nothing starts after it: the next one asks anew.
        let another = |about: &QuestionAbout| matches!(about, QuestionAbout::Budget { step, .. } if step.0 == 1);
        let (again, state) = self.asked(mission, "the next step asks", another).await?;
        assert!(state.steps[0].status.is_done() && state.steps[1].status == StepStatus::Waiting);
        self.never_over_the_cap(mission).await?;
        page.see_words("timeline", "The step may end with what is left").await?;

        // A guild member stops the mission; the owner lets it go on. The budget is asked about all the while.
        page.switch_account(people.guild[0]).await?;
        page.see(&format!("{}:disabled", button(again, "finish-step"))).await?;
        page.fill(
            &format!("{} [data-testid=\"question-reason\"]", card(again)),
            "Too dear for tonight",
        )
        .await?;
        self.answer(again, "stop").await?;
        self.recorded(again).await?;
        let is_stop = |about: &QuestionAbout| *about == QuestionAbout::Stopped {};
        let (stop, _) = self.asked(mission, "it is stopped", is_stop).await?;
        page.see_words(&card(stop), "Too dear for tonight").await?;
        assert_eq!(page.count(&button(again, "stop")).await?, 0, "it is stopped already");
        page.switch_account(people.operator).await?;
        page.see(&format!("{}:disabled", button(stop, "resume"))).await?;
        page.pictures("question-stopped").await?;
        // Two questions, and the blueprint that validators may approve all the while.
        self.inbox_says(3).await?;
        self.open(mission).await?;
        page.switch_account(people.owner).await?;
        self.answer(stop, "resume").await?;
        self.recorded(stop).await?;
        page.see_words(&card(again), "is short of budget").await?;
        let still = self.control.fold(mission).await?;
        assert!(still.pauses == [PauseCause::Budget].into() && still.open_calls.is_empty());

        // The owner raises the cap at the lever, and the mission runs to its approvals.
        page.click(&format!("{} [data-answer=\"raise-cap\"] a", card(again))).await?;
        self.set_cap("20").await?;
        page.see("body:not(:has([data-testid=\"questions\"]))").await?;
        let delivered = self
            .control
            .until(mission, "the work is done", |state| state.awaiting_approval().count() == 2)
            .await?;
        assert_eq!(delivered.budget.cap, usd("20")?);
        let state = self.never_over_the_cap(mission).await?;
        assert!(state.pauses.is_empty() && state.questions.is_empty());
        self.inbox_says(2).await?;

        let ledger = self.control.ledger(mission).await?;
        let given = [
            (asked, "finish-step".to_owned(), people.operator),
            (again, "stop".to_owned(), people.guild[0]),
            (stop, "resume".to_owned(), people.owner),
        ];
        assert_eq!(answers(&ledger), given, "the ledger names who answered what");
        let between =
            |from, upto| ledger.iter().filter(move |event| event.seq > from && event.seq < upto);
        let called = between(again, stop)
            .any(|event| matches!(event.payload, Payload::ModelCallRequested { .. }));
        ensure!(!called, "nothing is asked of a model while people decide");
        Ok(())
    }

    /// Nothing was launched yet, so nothing waits.
    async fn inbox_says_nothing(&self) -> Result<()> {
        self.page.see_words("body main", "No mission yet").await?;
        assert_eq!(self.page.count("inbox-count").await?, 0);
        Ok(())
    }
}
