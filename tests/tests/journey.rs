//! The backbone, as people live it: upload, launch, watch, pause, resume, approve, paid. Real program, real chain, real
//! browser; what the page says is checked against the chain and against the ledger.

use anyhow::{Context, Result, ensure};
use phase8_shared::chain::DevRole;
use phase8_shared::id::{MilestoneIndex, MissionId};
use phase8_shared::mission::{Lifecycle, Outcome, PauseCause, Payload};
use phase8_shared::money::{MicroUsd, TokenAmount};
use phase8_tests::{
    Answer, Browser, Chain, MissionControl, Page, Parts, Settings, Theme, Viewport, Wallet,
};

#[tokio::test]
async fn a_newcomer_launches_a_mission_steers_it_from_a_wallet_and_sees_the_escrow_pay()
-> Result<()> {
    let parts = Parts::find()?;
    // What accelerates waits this many seconds here.
    let settings = Settings::default().with("PHASE8__CHAIN__DELAY_SECONDS", "2");
    let control = MissionControl::start_with(&parts, settings).await?;
    let chain = control.chain().await?;
    let (operator, owner) =
        (chain.account(DevRole::Operator, 0)?, chain.account(DevRole::Owner, 0)?);
    let wallet = Wallet::holding(operator, chain.clone());
    let browser = Browser::start(&parts).await?;
    let page = browser.open(&control.url, &wallet).await?;

    upload_the_usual_job(&page, &parts).await?;
    connect_wallet(&page).await?;
    pictures(&page, "launch").await?;
    let mission = launch(&page, &wallet).await?;

    page.see_words("timeline-card", "planner").await?;
    let terms = control.mission(mission).await?.funding.terms;
    assert_eq!(
        chain.cap_of(mission.key()).await?,
        terms.budget_cap,
        "the chain holds the cap of the job spec"
    );
    pictures(&page, "mission-running").await?;

    page.switch_account(owner).await?;
    flip(&page, "lever-pause-fleet").await?;
    assert!(chain.is_paused().await?);
    let paused = control.fold(mission).await?;
    assert!(
        paused.pauses.contains(&PauseCause::Fleet) && paused.open_calls.is_empty(),
        "{:?}",
        paused.open_calls
    );
    pictures(&page, "mission-paused").await?;
    assert_eq!(control.fold(mission).await?.budget, paused.budget, "nothing is spent while paused");

    flip(&page, "lever-resume-fleet").await?;
    assert!(!chain.is_paused().await?);

    for cap in ["900", "1500"] {
        page.fill("cap-input", cap).await?;
        flip(&page, "lever-budget-cap").await?;
        let cap = MicroUsd::from_usd_decimal(cap)?;
        assert_eq!(chain.cap_of(mission.key()).await?, cap);
        assert_eq!(control.fold(mission).await?.budget.cap, cap, "the engine obeys");
    }

    let milestones = terms.milestones.len();
    let paid_before = balances(&chain, &terms).await?;
    for nth in 0..usize::from(terms.quorum) {
        page.switch_account(chain.account(DevRole::Validator, nth)?).await?;
        for milestone in 0..milestones {
            // Each milestone asks once its step is delivered; the page shows those that wait for this validator.
            page.click("approve")
                .await
                .with_context(|| format!("validator {nth}, approval {milestone}"))?;
            approvals_given(&control, mission, nth * milestones + milestone + 1).await?;
        }
    }
    page.see_words("mission-phase", "completed").await?;
    pictures(&page, "mission-completed").await?;

    let state = control.fold(mission).await?;
    assert!(matches!(&state.lifecycle, Lifecycle::Closed { outcome: Outcome::Completed, .. }));
    for index in 0..u8::try_from(milestones)? {
        assert!(chain.is_released(mission.key(), MilestoneIndex(index)).await?);
    }
    let paid = balances(&chain, &terms).await?.get() - paid_before.get();
    let bonus = terms.reward.bps(terms.duration_bonus_bps.into()).context("bonus")?;
    assert_eq!(
        TokenAmount::new(paid),
        terms.reward.checked_add(bonus).context("sum")?,
        "agents hold reward and bonus, to the unit"
    );
    assert_eq!(
        chain.balance_of(chain.deployment.contracts.escrow).await?,
        TokenAmount::ZERO,
        "nothing is left behind"
    );
    assert_eq!(page.complaints(), Vec::<String>::new());
    Ok(())
}

#[tokio::test]
async fn a_rejected_signature_and_a_reload_lose_nothing_of_a_launch() -> Result<()> {
    let parts = Parts::find()?;
    let control = MissionControl::start(&parts).await?;
    let chain = control.chain().await?;
    let wallet = Wallet::holding(chain.account(DevRole::Operator, 0)?, chain.clone());
    let browser = Browser::start(&parts).await?;
    let page = browser.open(&control.url, &wallet).await?;
    upload_the_usual_job(&page, &parts).await?;
    connect_wallet(&page).await?;

    wallet.next_answer(Answer::Reject);
    page.click("launch").await?;
    page.see_words("launch-step-approve", "rejected").await?;
    assert_eq!(wallet.prompts(), 1);
    pictures(&page, "launch-rejected").await?;
    page.reload().await?;
    page.see("summary").await?;

    let mission = launch(&page, &wallet).await?;
    let created = control.ledger(mission).await?;
    assert_eq!(
        created.iter().filter(|event| matches!(event.payload, Payload::MissionCreated(_))).count(),
        1
    );
    let missions: phase8_shared::api::MissionList =
        control.get(phase8_shared::api::routes::MISSIONS).await?;
    assert_eq!(missions.missions.len(), 1, "the second try was the same launch");
    Ok(())
}

#[tokio::test]
async fn files_that_cannot_be_launched_are_explained_with_line_and_path() -> Result<()> {
    let parts = Parts::find()?;
    let control = MissionControl::start(&parts).await?;
    let chain = control.chain().await?;
    let wallet = Wallet::holding(chain.account(DevRole::Operator, 0)?, chain.clone());
    let browser = Browser::start(&parts).await?;
    let page = browser.open(&control.url, &wallet).await?;
    let folder = tempfile::tempdir()?;
    let usual = parts.config("job.multi-agent.json")?;

    for (name, text, words) in [
        ("broken", usual.replacen(':', "", 1), "line"),
        ("escaping", usual.replacen("\"jobName\": \"", "\"jobName\": \"../", 1), "$.jobName"),
        ("garbage", "not json at all".to_owned(), "line"),
    ] {
        let file = folder.path().join(format!("{name}.json"));
        std::fs::write(&file, text)?;
        page.choose_file("file-input", &file).await?;
        page.see_words("findings", words).await.with_context(|| name)?;
        pictures(&page, &format!("findings-{name}")).await?;
    }
    ensure!(wallet.prompts() == 0, "nothing was signed");
    Ok(())
}

async fn upload_the_usual_job(page: &Page, parts: &Parts) -> Result<()> {
    page.see("drop-zone").await?;
    page.choose_file("file-input", &parts.root.join("configs/job.multi-agent.json")).await?;
    page.see("summary").await?;
    page.see("simulation").await?;
    page.see("job-score").await?;
    page.see("preflight").await?;
    Ok(())
}

async fn connect_wallet(page: &Page) -> Result<()> {
    page.click("connect-wallet").await?;
    page.see_words("wallet-option", "Journey Wallet").await?;
    page.click("[data-testid=\"wallet-option\"][data-name=\"Journey Wallet\"]").await?;
    page.see("wallet-account").await?;
    Ok(())
}

/// Presses Launch and signs what the wallet is asked, until the mission's own page shows.
async fn launch(page: &Page, wallet: &Wallet) -> Result<MissionId> {
    let before = wallet.prompts();
    page.click("launch").await?;
    page.see("timeline").await?;
    ensure!(wallet.prompts() > before, "the wallet was asked");
    let url = page.url().await?;
    let id =
        url.rsplit('/').next().unwrap_or_default().split(['?', '#']).next().unwrap_or_default();
    id.parse().with_context(|| format!("the mission's id stands in {url}"))
}

/// Flips a lever of the rail and waits until the engine obeys.
async fn flip(page: &Page, lever: &str) -> Result<()> {
    page.click(&format!("[data-testid=\"{lever}\"] [data-testid=\"lever-sign\"]")).await?;
    page.see(&format!("[data-testid=\"{lever}\"] [data-stage=\"obeyed\"]")).await?;
    Ok(())
}

async fn approvals_given(
    control: &MissionControl,
    mission: MissionId,
    at_least: usize,
) -> Result<()> {
    for _ in 0..600 {
        let given = control
            .ledger(mission)
            .await?
            .iter()
            .filter(|event| matches!(event.payload, Payload::ApprovalGiven { .. }))
            .count();
        if given >= at_least {
            return Ok(());
        }
        tokio::time::sleep(std::time::Duration::from_millis(100)).await;
    }
    anyhow::bail!("fewer than {at_least} approvals")
}

/// What all payees of the terms hold together.
async fn balances(
    chain: &Chain,
    terms: &phase8_shared::mission::EscrowTerms,
) -> Result<TokenAmount> {
    let payees: std::collections::BTreeSet<_> =
        terms.milestones.iter().flat_map(|milestone| &milestone.payees).collect();
    let mut sum = TokenAmount::ZERO;
    for payee in payees {
        sum = sum.checked_add(chain.balance_of(*payee).await?).context("sum")?;
    }
    Ok(sum)
}

/// A picture at the desk and on the phone, light and dark. A picture of a whole page leaves the window at another size.
async fn pictures(page: &Page, name: &str) -> Result<()> {
    for (viewport, size) in [(Viewport::PHONE, "360"), (Viewport::DESK, "1440")] {
        for (theme, shade) in [(Theme::Dark, "dark"), (Theme::Light, "light")] {
            page.resize(viewport).await?;
            page.prefer(theme).await?;
            page.picture(&format!("{name}-{size}-{shade}")).await?;
        }
    }
    page.resize(Viewport::DESK).await
}
