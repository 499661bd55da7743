//! Approvals that are refused: with another key, after an edit, twice, and late. Each refusal is told in words on the page.

use anyhow::{Context, Result, bail, ensure};
use phase8_shared::api::ApproveMilestone;
use phase8_shared::chain::{ApprovalRequest, typed_data_json};
use phase8_shared::id::{MilestoneIndex, MissionId};
use phase8_shared::mission::{MilestoneStatus, Payload};
use phase8_tests::Answer;

use crate::stage::Stage;

/// The blueprint.
const FIRST: MilestoneIndex = MilestoneIndex(0);
/// A request for approval ends after seven days; this is more.
const EIGHT_DAYS: u64 = 8 * 86_400;

/// From here on the server seems to send other texts than it stored: a fake of a store that was edited.
const EDITED: &str = "(() => { const real = globalThis.fetch; globalThis.__real = real; \
    globalThis.fetch = async (...asked) => { const answer = await real(...asked); \
    const url = asked[0].url ?? String(asked[0]); if (!url.includes('/deliverables/')) return answer; \
    const text = (await answer.text()).replace('REHEARSAL', 'REHEARSEL'); \
    return new Response(text, { status: answer.status, headers: answer.headers }); }; return true; })()";
const AS_STORED: &str = "(globalThis.fetch = globalThis.__real, true)";

/// Something in the card of a milestone's approval.
fn within(milestone: MilestoneIndex, inner: &str) -> String {
    format!("[data-testid=\"approval\"][data-milestone=\"{milestone}\"] {inner}")
}

impl Stage {
    pub(crate) async fn approvals(&self, mission: MissionId) -> Result<()> {
        let (page, people) = (&self.page, self.people);
        self.control
            .until(mission, "both milestones wait", |state| state.awaiting_approval().count() == 2)
            .await?;
        self.open(mission).await?;
        page.switch_account(people.guild[0]).await?;
        let approve = within(FIRST, "[data-testid=\"approve\"]:enabled");
        page.see(&approve).await?;

        // With another key than the account's that the wallet shows.
        self.wallet.next_answer(Answer::SignAs(people.stranger));
        page.click(&approve).await?;
        page.see_words(&within(FIRST, "[role=\"alert\"]"), "or over other content").await?;
        self.nobody_approved(mission).await?;
        page.pictures("approval-wrong-key").await?;

        // After an edit of what was delivered.
        page.switch_account(people.stranger).await?;
        page.see_words("body main", "not a member of the validators' guild").await?;
        ensure!(page.eval::<bool>(EDITED).await?);
        page.switch_account(people.guild[0]).await?;
        page.see_words(&within(FIRST, ".lever__checks"), "does not open this commitment").await?;
        assert_eq!(page.count(&approve).await?, 0, "what was edited cannot be signed");
        page.click(&within(FIRST, "[data-testid=\"deliverable-open\"]")).await?;
        page.see_words("deliverable", "This is not the deliverable that the ledger holds").await?;
        page.window_pictures("approval-edited").await?;
        page.click("dialog[open] button[aria-label=\"Close\"]").await?;
        ensure!(page.eval::<bool>(AS_STORED).await?);
        self.nobody_approved(mission).await?;
        page.switch_account(people.stranger).await?;
        page.see_words("body main", "not a member of the validators' guild").await?;
        page.switch_account(people.guild[0]).await?;
        page.see(&approve).await?;

        // Twice: from another device, while the wallet on this one still asks.
        let before = self.wallet.prompts();
        self.wallet.next_answer(Answer::Later);
        page.click(&approve).await?;
        self.prompted(before).await?;
        self.approve_elsewhere(mission).await?;
        self.wallet.go_on();
        let alert = within(FIRST, "[role=\"alert\"]");
        page.see_words(&alert, "has approved milestone 0 already").await?;
        page.see_words(&within(FIRST, ""), "You have signed this").await?;
        page.pictures("approval-twice").await?;

        // The second signature pays, and one thing less waits for people.
        let waits = self.waiting().await?;
        self.inbox_says(waits).await?;
        self.open(mission).await?;
        page.switch_account(people.guild[1]).await?;
        page.click(&approve).await?;
        let paid = |state: &phase8_shared::mission::MissionState| {
            matches!(state.milestones[0].status, MilestoneStatus::Paid { .. })
        };
        self.control.until(mission, "the blueprint is paid", paid).await?;
        ensure!(self.chain.is_released(mission.key(), FIRST).await?, "the chain paid it");
        self.inbox_says(waits - 1).await
    }

    /// An approval that is signed after its end: the wallet asked for eight days.
    pub(crate) async fn late(&self, mission: MissionId) -> Result<()> {
        let (page, people) = (&self.page, self.people);
        self.control
            .until(mission, "both milestones wait", |state| state.awaiting_approval().count() == 2)
            .await?;
        page.switch_account(people.guild[0]).await?;
        let before = self.wallet.prompts();
        self.wallet.next_answer(Answer::Later);
        page.click(&within(FIRST, "[data-testid=\"approve\"]:enabled")).await?;
        self.prompted(before).await?;
        self.chain.pass_time(EIGHT_DAYS).await?;
        self.wallet.go_on();
        page.see_words(&within(FIRST, "[role=\"alert\"]"), "the signature was good until").await?;
        self.nobody_approved(mission).await?;
        page.pictures("approval-late").await
    }

    async fn nobody_approved(&self, mission: MissionId) -> Result<()> {
        let given = |payload: &Payload| matches!(payload, Payload::ApprovalGiven { .. });
        let ledger = self.control.ledger(mission).await?;
        ensure!(!ledger.iter().any(|event| given(&event.payload)), "the ledger has an approval");
        Ok(())
    }

    /// The first of the guild signs on another device, for an hour less than could be signed for.
    async fn approve_elsewhere(&self, mission: MissionId) -> Result<()> {
        let (validator, state) = (self.people.guild[0], self.control.fold(mission).await?);
        let milestone = state.milestone(FIRST).context("a milestone")?;
        let MilestoneStatus::AwaitingApproval { deliverable, tree, expires_at, .. } =
            &milestone.status
        else {
            bail!("the blueprint does not wait: {:?}", milestone.status)
        };
        let request = ApprovalRequest {
            chain_id: self.chain.deployment.chain_id,
            escrow: self.chain.deployment.contracts.escrow,
            mission: mission.key(),
            milestone: FIRST,
            deliverable: *deliverable,
            root: tree.root,
            deadline: expires_at.unix_seconds() - 3_600,
        };
        let signature = self.chain.sign_typed_data(validator, &typed_data_json(&request)).await?;
        let approval = ApproveMilestone { validator, deadline: request.deadline, signature };
        self.control.approve(mission, FIRST, &approval).await
    }
}
