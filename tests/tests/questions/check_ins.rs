//! Check-ins of validators: kept, and missed.

use anyhow::{Context, Result, ensure};
use phase8_shared::id::MissionId;
use phase8_shared::mission::{PauseCause, QuestionAbout};

use crate::job::Job;
use crate::stage::{FAST, Stage, answers, button, card};

const LOOKED_AT: Job = Job { name: "looked-at-job", check_in: true, ..Job::QUIET };
const NEGLECTED: Job = Job { name: "neglected-job", ..LOOKED_AT };

fn is_check_in(about: &QuestionAbout) -> bool {
    matches!(about, QuestionAbout::CheckIn { .. })
}

impl Stage {
    /// A mission whose blueprint a validator is to look at within a minute, and that nobody looks at yet.
    pub(crate) async fn neglected(&self) -> Result<MissionId> {
        let mission = self.launch(5, NEGLECTED, FAST).await?;
        self.asked(mission, "a validator is asked", is_check_in).await?;
        Ok(mission)
    }

    pub(crate) async fn looked_at(&self) -> Result<MissionId> {
        let (page, people) = (&self.page, self.people);
        let mission = self.launch(6, LOOKED_AT, FAST).await?;
        let (asked, _) = self.asked(mission, "a validator is asked", is_check_in).await?;
        self.open(mission).await?;
        page.see_words(&card(asked), "A guild member is to look at “Blueprint”").await?;
        let left = page.see("question-left").await?;
        ensure!(left.ends_with(" s"), "less than a minute is left: {left}");

        // The owner is not of the guild.
        page.switch_account(people.owner).await?;
        page.see(&format!("{}:disabled", button(asked, "check-in"))).await?;
        page.switch_account(people.guild[0]).await?;
        page.click(&format!("{} [data-testid=\"deliverable-open\"]", card(asked))).await?;
        page.see_words("deliverable-content", "REHEARSAL").await?;
        page.click("dialog[open] button[aria-label=\"Close\"]").await?;
        page.see(&format!("{}:enabled", button(asked, "check-in"))).await?;
        page.pictures("question-check-in").await?;
        self.answer(asked, "check-in").await?;
        self.recorded(asked).await?;
        let state = self.control.fold(mission).await?;
        ensure!(state.questions.is_empty() && state.pauses.is_empty(), "nothing waits any more");
        let given = answers(&self.control.ledger(mission).await?);
        assert_eq!(given, [(asked, "check-in".to_owned(), people.guild[0])]);
        Ok(mission)
    }

    pub(crate) async fn missed(&self, mission: MissionId) -> Result<()> {
        let (page, people) = (&self.page, self.people);
        let missed =
            |about: &QuestionAbout| matches!(about, QuestionAbout::CheckIn { missed: true, .. });
        let (asked, state) = self.asked(mission, "the check-in is missed", missed).await?;
        ensure!(state.pauses.contains(&PauseCause::CheckIn), "it stands still");
        self.open(mission).await?;
        page.see_words(&card(asked), "Nobody looked by").await?;
        page.see_words("timeline", "no validator looked").await?;
        page.switch_account(people.guild[1]).await?;
        page.see(&format!("{}:enabled", button(asked, "check-in"))).await?;
        page.pictures("question-check-in-missed").await?;
        // An answer is good for an hour by the chain's clock: whoever lets the wallet wait for longer signs again.
        self.answer_late(asked, "check-in", 2 * 3_600).await?;
        page.pictures("question-late").await?;
        ensure!(
            self.control.fold(mission).await?.pauses.contains(&PauseCause::CheckIn),
            "it waits"
        );
        self.answer(asked, "check-in").await?;
        self.recorded(asked).await?;
        let state = self.control.fold(mission).await?;
        ensure!(state.pauses.is_empty(), "it goes on: {:?}", state.pauses);
        let given = answers(&self.control.ledger(mission).await?);
        assert_eq!(given.last().context("an answer")?.2, people.guild[1]);
        Ok(())
    }
}
