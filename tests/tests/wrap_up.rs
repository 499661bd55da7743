//! After a mission, as people live it: archived from a terminal and from the page under the same name, measured, its
//! validators ranked, and a better adapter proposed, voted on and put in force from a wallet.

use std::path::Path;
use std::process::Command;
use std::time::Duration;

use anyhow::{Context, Result, ensure};
use phase8_shared::api::{ArchiveView, EvaluationsView, GovernanceView, ValidatorsView, routes};
use phase8_shared::chain::abi::IModelRegistry;
use phase8_shared::chain::{AdapterScope, DevRole, adapter_key};
use phase8_shared::id::MissionId;
use phase8_shared::money::TokenAmount;
use phase8_shared::score::record::VoteKind;
use phase8_tests::{Browser, Chain, MissionControl, Page, Parts, Settings, Wallet};
use serde_json::{Value, json};

/// Seconds from a proposal to its vote and of the vote on a development chain, and some.
const VOTING: [u64; 2] = [12, 301];
/// Seconds that a decision waits here, and some.
const TIMELOCK: u64 = 5;

#[tokio::test]
async fn a_mission_is_archived_measured_and_leads_to_a_better_adapter() -> Result<()> {
    let parts = Parts::find()?;
    let settings = Settings::default()
        .with("PHASE8__CHAIN__DELAY_SECONDS", "2")
        .with("PHASE8__EVALUATION__MARGIN", "1");
    let control = MissionControl::start_with(&parts, settings).await?;
    let chain = control.chain().await?;
    let operator = chain.account(DevRole::Operator, 0)?;
    let wallet = Wallet::holding(operator, chain.clone());
    let browser = Browser::start(&parts).await?;
    let page = browser.open(&control.url, &wallet).await?;
    for (place, title) in
        [("validators", "Nobody has voted yet"), ("models", "Nothing was evaluated yet")]
    {
        page.go(&control.at(&format!("/{place}"))).await?;
        page.see_words("empty", title).await?;
        page.pictures(&format!("{place}-empty")).await?;
    }
    let mission = MissionId::from_bytes([8; 16]);
    control.launch_usual(&parts, &chain, mission, 4_000).await?;
    control.fund(&chain, mission).await?;
    control.see_through(&chain, mission, Duration::from_mins(2)).await?;
    // An archive is kept until the ledger grows: two are the same only when nothing follows any more.
    control.see_at_rest(mission).await?;

    archived(&parts, &control, &page, mission).await?;
    ranked(&control, &page, mission).await?;
    upgraded(&control, &chain, &page).await?;
    assert_eq!(page.complaints(), Vec::<String>::new());
    Ok(())
}

/// The program, in a folder; what it wrote to stdout.
fn phase8(parts: &Parts, folder: &Path, arguments: &[&str]) -> Result<String> {
    let output = Command::new(&parts.phase8).args(arguments).current_dir(folder).output()?;
    let stderr = String::from_utf8_lossy(&output.stderr);
    ensure!(output.status.success(), "phase8 {arguments:?}: {stderr}");
    Ok(String::from_utf8(output.stdout)?)
}

async fn archived(
    parts: &Parts,
    control: &MissionControl,
    page: &Page,
    mission: MissionId,
) -> Result<()> {
    let folder = tempfile::tempdir()?;
    let id = mission.to_string();
    let url = control.url.trim_end_matches('/');
    let adapters = parts.root.join("configs/model-adapters.json");
    let adapters = adapters.to_str().context("a path in UTF-8")?;

    let said = phase8(parts, folder.path(), &["archive", &id, "--url", url, "--json"])?;
    let record: Value = serde_json::from_str(&said)?;
    let cid = record.get("cid").and_then(Value::as_str).context("a CID")?.to_owned();
    let export = format!("storage/phase8/{id}.json");
    let verified = phase8(parts, folder.path(), &["verify", &export])?;
    ensure!(!verified.is_empty(), "the archive verifies without a network");
    for (name, words) in [
        ("phase8-autonomy-simulation.json", "\"comparison\""),
        ("phase8-mission-timeline.md", "## Simulated and actual"),
        ("phase8-owner-command-center.md", "## To queue"),
    ] {
        let text = std::fs::read_to_string(folder.path().join("output").join(name))?;
        ensure!(text.contains(words), "{name}: {text}");
    }
    ensure!(folder.path().join(format!("storage/phase8/{id}.car")).is_file());

    page.go(&control.at(&format!("/missions/{id}"))).await?;
    page.see_words("mission-phase", "completed").await?;
    page.click("archive-make").await?;
    page.see("archive-cid").await?;
    let files = page.count("archive-file").await?;
    assert_eq!(files, 5, "export, CAR and three documents");
    let view: ArchiveView = control.get(&routes::archive(mission)).await?;
    assert_eq!(view.cid, cid, "the page and the terminal name the same archive");
    page.pictures("mission-archived").await?;

    let scored = phase8(
        parts,
        folder.path(),
        &["evaluate", "--job", &export, "--adapters", adapters, "--json"],
    )?;
    let scored: Vec<Value> = serde_json::from_str(&scored)?;
    let measured =
        scored.iter().filter(|row| row.get("measuredScore").is_some_and(Value::is_number)).count();
    assert_eq!((scored.len(), measured), (4, 3), "three of four adapters worked");
    let served = phase8(
        parts,
        folder.path(),
        &["evaluate", "--job", &id, "--url", url, "--adapters", adapters, "--json"],
    )?;
    let served: Vec<Value> = serde_json::from_str(&served)?;
    assert_eq!(served, scored, "the archive and the server tell the same");
    let bare = phase8(
        parts,
        folder.path(),
        &["evaluate", "--adapters", adapters, "--hours", "8", "--json"],
    )?;
    let bare: Vec<Value> = serde_json::from_str(&bare)?;
    let first = |rows: &[Value]| rows.first().and_then(|row| row.get("compositeScore").cloned());
    assert_eq!(first(&bare), first(&scored));
    ensure!(folder.path().join("output/model-adapters.scored.json").is_file());
    Ok(())
}

/// The leaderboard says what the ledger and the chain say.
async fn ranked(control: &MissionControl, page: &Page, mission: MissionId) -> Result<()> {
    let state = control.fold(mission).await?;
    let board: ValidatorsView = control.get(routes::VALIDATORS).await?;
    let terms = &state.created.terms;
    assert_eq!(board.validators.len(), usize::from(terms.quorum));
    let rewards = board
        .validators
        .iter()
        .try_fold(TokenAmount::ZERO, |sum, it| sum.checked_add(it.rewards).context("sum"))?;
    let promised = terms.reward.bps(terms.validator_reward_bps.into()).context("reward")?;
    assert_eq!(rewards, promised, "every unit of the validators' share is somebody's");
    for standing in &board.validators {
        assert_eq!(standing.approvals as usize, state.milestones.len());
        let approvals = standing.votes.iter().filter(|vote| vote.kind == VoteKind::Approval);
        ensure!(approvals.clone().all(|vote| vote.stood && vote.transaction.is_some()));
    }

    page.go(&control.at("/validators")).await?;
    page.see("validators").await?;
    page.pictures("validators").await?;
    page.click("owner-open").await?;
    page.see_words("votes", "approval").await?;
    page.pictures("validators-evidence").await?;
    Ok(())
}

async fn upgraded(control: &MissionControl, chain: &Chain, page: &Page) -> Result<()> {
    page.go(&control.at("/models")).await?;
    page.click("models-evaluate").await?;
    page.see("models-ranking").await?;
    page.see(".models__chart").await?;
    page.see("models-offer").await?;
    let history: EvaluationsView = control.get(routes::EVALUATIONS).await?;
    let latest = history.history.first().context("an evaluation")?;
    let wanted = latest.proposals.first().context("a proposal")?.clone();
    page.click("connect-wallet").await?;
    page.click("[data-testid=\"wallet-option\"][data-name=\"Journey Wallet\"]").await?;
    page.see("wallet-account").await?;
    page.pictures("models-offer").await?;

    page.click("models-delegate").await?;
    page.see("[data-testid=\"models-delegate-errand\"][data-stage=\"done\"]").await?;
    skip(chain, 1).await?;
    page.click("models-propose").await?;
    page.see("[data-testid=\"models-proposal\"][data-stage=\"pending\"]").await?;
    skip(chain, VOTING[0]).await?;
    page.see("[data-testid=\"models-proposal\"][data-stage=\"voting\"]").await?;
    page.click("models-vote-for").await?;
    page.see("[data-testid=\"models-vote-for-errand\"][data-stage=\"done\"]").await?;
    page.pictures("models-voting").await?;
    skip(chain, VOTING[1]).await?;
    page.click("models-queue").await?;
    page.see("[data-testid=\"models-proposal\"][data-stage=\"queued\"]").await?;
    page.pictures("models-queued").await?;
    // The timelock waits by the chain's clock, which stands still between blocks.
    skip(chain, TIMELOCK).await?;
    page.see("[data-testid=\"models-proposal\"][data-stage=\"executed\"]").await?;
    page.pictures("models-executed").await?;

    let scope = AdapterScope::Role { role: wanted.role }.key();
    let registry = chain.deployment.contracts.model_registry;
    let active = chain.call(registry, IModelRegistry::activeAdapterCall { scope }).await?;
    assert_eq!(active, adapter_key(&wanted.challenger), "the chain has the other adapter");
    let governance: GovernanceView = control.get(routes::GOVERNANCE).await?;
    assert_eq!(governance.proposals.len(), 1);
    Ok(())
}

/// Lets the chain's time pass.
async fn skip(chain: &Chain, seconds: u64) -> Result<()> {
    for (method, params) in [("evm_increaseTime", json!([seconds])), ("evm_mine", json!([]))] {
        let answer = chain.request(method, params).await?;
        ensure!(answer.is_ok(), "{method}: {answer:?}");
    }
    Ok(())
}
