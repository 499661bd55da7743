//! Tripwires: what is held back stays unseen, and only the right people let a mission go on.

use anyhow::{Context, Result, ensure};
use phase8_shared::id::MissionId;
use phase8_shared::mission::{PauseCause, Payload, QuestionAbout, Tripwire};

use crate::job::Job;
use crate::model::{CARD, Manner};
use crate::stage::{Stage, answers, button, card};

const LEAKS: Job =
    Job { name: "leaking-job", model: Manner::Leaks.id(), cap: 3.0, check_in: false };
const OVERCHARGES: Job = Job { name: "overcharging-job", model: Manner::Overcharges.id(), ..LEAKS };

fn is_trip(wanted: Tripwire) -> impl Fn(&QuestionAbout) -> bool {
    move |about| matches!(about, QuestionAbout::Trip { tripwire, .. } if *tripwire == wanted)
}

impl Stage {
    pub(crate) async fn held_text(&self) -> Result<()> {
        let (page, people) = (&self.page, self.people);
        let mission = self.launch(3, LEAKS, 1).await?;
        let (asked, state) =
            self.asked(mission, "the text trips", is_trip(Tripwire::PrivacyLeakDetector)).await?;
        ensure!(state.pauses.contains(&PauseCause::Tripwire) && state.open_calls.is_empty());
        self.open(mission).await?;

        let told = page.see_words(&card(asked), "Secret or personal data").await?;
        for words in ["payment-card", "critical", "bytes ", "“Blueprint” of the planner"] {
            ensure!(told.contains(words), "{words} is missing: {told}");
        }
        self.nobody_sees_the_card_number(mission).await?;

        // Who launched the mission does not wave its tripwires away.
        page.switch_account(people.operator).await?;
        page.see(&format!("{}:enabled", button(asked, "stop"))).await?;
        page.see(&format!("{}:disabled", button(asked, "false-alarm"))).await?;
        page.pictures("question-trip-operator").await?;

        // A guild member reads what is held back, and says that it was wrong.
        page.switch_account(people.guild[0]).await?;
        page.click(&format!("{} [data-testid=\"deliverable-open\"]", card(asked))).await?;
        page.see_words("deliverable-content", CARD).await?;
        page.window_pictures("question-trip-text").await?;
        page.click("dialog[open] button[aria-label=\"Close\"]").await?;
        self.answer(asked, "false-alarm").await?;
        self.recorded(asked).await?;
        let state = self
            .control
            .until(mission, "the work is done", |state| state.awaiting_approval().count() == 2)
            .await?;
        assert_eq!(
            state.trips[0].judged_wrong,
            Some(true),
            "kept for the next version of the rules"
        );
        assert_eq!(answers(&self.control.ledger(mission).await?)[0].2, people.guild[0]);
        // What was held back is not let through afterwards either.
        self.nobody_sees_the_card_number(mission).await
    }

    async fn nobody_sees_the_card_number(&self, mission: MissionId) -> Result<()> {
        let shown: String = self.page.eval("document.body.textContent").await?;
        ensure!(!shown.contains(CARD), "the page shows it");
        let ledger = serde_json::to_string(&self.control.ledger(mission).await?)?;
        ensure!(!ledger.contains(CARD), "the ledger holds it");
        Ok(())
    }

    /// A call that bills what it cannot have used: the mission is stopped by the guild and goes on by the owner.
    pub(crate) async fn overcharged(&self) -> Result<()> {
        let (page, people) = (&self.page, self.people);
        let mission = self.launch(4, OVERCHARGES, 1).await?;
        let (asked, state) =
            self.asked(mission, "the guard trips", is_trip(Tripwire::BudgetGuard)).await?;
        assert_eq!(state.budget.spent, crate::stage::usd(crate::model::WORST_CASE)?, "and no more");
        self.open(mission).await?;
        page.switch_account(people.guild[1]).await?;
        page.see_words(&card(asked), "bills more than the call can have used").await?;
        page.pictures("question-guard-guild").await?;
        self.answer(asked, "stop").await?;
        self.recorded(asked).await?;
        let is_stop = |about: &QuestionAbout| *about == QuestionAbout::Stopped {};
        let (stop, _) = self.asked(mission, "it is stopped", is_stop).await?;
        page.see_words("mission-phase", "paused").await?;

        page.switch_account(people.owner).await?;
        self.answer(asked, "resume").await?;
        self.recorded(asked).await?;
        let stopped = self.control.fold(mission).await?;
        ensure!(
            stopped.pauses == [PauseCause::Stopped].into() && stopped.open_calls.is_empty(),
            "it stays stopped: {:?}",
            stopped.pauses
        );
        self.answer(stop, "resume").await?;
        self.recorded(stop).await?;
        let done = self
            .control
            .until(mission, "the work is done", |state| state.awaiting_approval().count() == 2)
            .await?;
        assert_eq!(done.trips[0].judged_wrong, Some(false));
        let ledger = self.control.ledger(mission).await?;
        let from = ledger.iter().position(|event| event.seq == stop).context("the stop")?;
        let until = ledger
            .iter()
            .position(|event| {
                matches!(event.payload, Payload::MissionResumed { cause: PauseCause::Stopped, .. })
            })
            .context("the end of the stop")?;
        let asks = |event: &phase8_shared::mission::Event| {
            matches!(event.payload, Payload::ModelCallRequested { .. })
        };
        ensure!(!ledger[from..until].iter().any(asks), "nothing is spent while it is stopped");
        Ok(())
    }
}
