//! A guardian who trusts nobody: with only a link on a phone, and with only a file and no server. What the browser says of a
//! file is what `phase8 verify` says, line by line.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::time::Duration;

use alloy::primitives::Address;
use anyhow::{Context, Result, ensure};
use axum::Router;
use axum::extract::Request;
use axum::http::header::CONTENT_TYPE;
use axum::response::{IntoResponse, Response};
use phase8_shared::api::routes;
use phase8_shared::chain::{Deployment, DevRole};
use phase8_shared::id::MissionId;
use phase8_shared::ledger::Export;
use phase8_shared::money::TokenAmount;
use phase8_tests::{Browser, Chain, MissionControl, Page, Parts, Viewport, Wallet};
use serde_json::Value;

/// Every line that the page shows, in the shape of `phase8 verify --json`.
const LINES: &str = "[...document.querySelectorAll('[data-testid=\"review-lines\"] [data-testid=\"review-line\"]')].map((one) => \
    ({ what: one.dataset.what, verdict: one.dataset.verdict, found: one.dataset.found, expected: one.dataset.expected }))";

#[tokio::test]
async fn a_guardian_with_only_a_link_verifies_a_mission_on_a_phone_and_sees_what_is_new()
-> Result<()> {
    let parts = Parts::find()?;
    let control = MissionControl::start(&parts).await?;
    let chain = control.chain().await?;
    let mission = MissionId::from_bytes([0x51; 16]);
    control.launch_usual(&parts, &chain, mission, 2_000).await?;
    control.fund(&chain, mission).await?;
    control
        .until(mission, "a milestone is asked for", |it| it.awaiting_approval().next().is_some())
        .await?;
    let wallet = Wallet::holding(chain.account(DevRole::Validator, 0)?, chain.clone());
    let browser = Browser::start(&parts).await?;
    let link = control.at(&format!("/missions/{mission}/review"));
    let page = browser.open(&link, &wallet).await?;
    page.resize(Viewport::PHONE).await?;

    page.see_words("review-verdict", "Nothing speaks against this history").await?;
    page.see_words("review-since", "first visit").await?;

    let state = control.see_through(&chain, mission, Duration::from_mins(2)).await?;
    ensure!(state.paid() > TokenAmount::ZERO, "something was paid");
    page.reload().await?;
    page.see_words("review-since", "What you saw then is unchanged").await?;
    page.see_words("review-verdict", "Nothing speaks against this history").await?;
    page.see_words("review-story", "It was completed").await?;
    page.see_words("review-witness", "through this server's own endpoint").await?;
    let on_chain = page.count("[data-testid=\"review-chain\"] [data-verdict=\"holds\"]").await?;
    ensure!(on_chain > state.milestones.len(), "only {on_chain} hold on the chain");
    assert_eq!(page.count("[data-testid=\"review-chain\"] [data-verdict=\"differs\"]").await?, 0);
    page.pictures("review").await?;

    // With a wallet the chain is asked through its endpoint.
    page.click("connect-wallet").await?;
    page.click("[data-testid=\"wallet-option\"][data-name=\"Journey Wallet\"]").await?;
    page.see("wallet-account").await?;
    let mut since = String::new();
    for _ in 0..20 {
        page.click("verify").await?;
        page.see_words("review-witness", "your own wallet (Journey Wallet)").await?;
        since = page.see("review-since").await?;
        // The last checkpoints are anchored after the mission's end: each is a card that is new once.
        if since.contains("Nothing. Your last visit") {
            break;
        }
    }
    ensure!(since.contains("Nothing. Your last visit"), "{since}");
    assert_eq!(wallet.prompts(), 0, "verifying needs no signature");

    page.go(&control.at(&format!("/missions/{}/review", MissionId::from_bytes([0x99; 16]))))
        .await?;
    page.see_words("problem", "The history could not be verified").await?;
    page.go(&control.at(&format!("/missions/{mission}"))).await?;
    page.click("review-link").await?;
    page.see("review-verdict").await?;
    assert_eq!(page.complaints(), Vec::<String>::new());
    Ok(())
}

#[tokio::test]
async fn a_file_is_verified_without_a_server_as_the_command_line_does_and_a_tampered_one_is_refused()
-> Result<()> {
    let parts = Parts::find()?;
    let (whole, other) = exports(&parts).await?;
    let folder = tempfile::tempdir()?;
    // Nothing but the files of the page: no API, no chain.
    let address = serve_page(&parts.dist).await?;
    let browser = Browser::start(&parts).await?;
    let nobody =
        Wallet::holding(Address::ZERO, Chain::new("http://127.0.0.1:9", deployment(&whole)?));
    let page = browser.open(&format!("{address}/review"), &nobody).await?;
    page.resize(Viewport::PHONE).await?;

    for (name, text, words) in tampered(&whole, &other)? {
        let file = folder.path().join(format!("{name}.json"));
        std::fs::write(&file, text)?;
        let printed = parts.printed("verify", &file, 1).await?;
        show(&page, &file).await?;
        page.see_words("[data-testid=\"review-verdict\"][data-holds=\"false\"]", words)
            .await
            .with_context(|| name.to_owned())?;
        assert_eq!(page.eval::<Value>(LINES).await?, printed, "{name}");
        if name == "flipped" {
            page.see_words("review-story", "This history is refused").await?;
            page.see_words("review-since", "refused and not remembered").await?;
            page.pictures("review-refused").await?;
            page.resize(Viewport::PHONE).await?;
        }
    }

    let file = folder.path().join("whole.json");
    std::fs::write(&file, serde_json::to_string(&whole)?)?;
    let printed = parts.printed("verify", &file, 0).await?;
    show(&page, &file).await?;
    page.see_words("[data-testid=\"review-verdict\"][data-holds=\"true\"]", "Nothing speaks")
        .await?;
    assert_eq!(page.eval::<Value>(LINES).await?, printed);
    page.see_words("review-chain", "The chain was not asked").await?;

    let garbage = folder.path().join("garbage.json");
    std::fs::write(&garbage, vec![0xff_u8; 50 * 1024 * 1024])?;
    page.choose_file("review-file", &garbage).await?;
    page.see_words("problem", "not text in UTF-8").await?;
    assert_eq!(page.complaints(), Vec::<String>::new());
    Ok(())
}

/// Chooses a file and waits until another verdict than before shows.
async fn show(page: &Page, file: &Path) -> Result<()> {
    page.eval::<bool>(
        "(document.querySelector('[data-testid=\"review-verdict\"]')?.remove(), true)",
    )
    .await?;
    page.choose_file("review-file", file).await?;
    page.see("review-verdict").await?;
    Ok(())
}

/// The exports of a mission that was seen through and of another one.
async fn exports(parts: &Parts) -> Result<(Export, Export)> {
    let control = MissionControl::start(parts).await?;
    let chain = control.chain().await?;
    let (mission, other) = (MissionId::from_bytes([0x52; 16]), MissionId::from_bytes([0x53; 16]));
    for one in [mission, other] {
        control.launch_usual(parts, &chain, one, 2_000).await?;
        control.fund(&chain, one).await?;
    }
    control.see_through(&chain, mission, Duration::from_mins(2)).await?;
    Ok((control.get(&routes::export(mission)).await?, control.get(&routes::export(other)).await?))
}

/// Files that lie, each with what must be said of it.
fn tampered(whole: &Export, other: &Export) -> Result<Vec<(&'static str, String, &'static str)>> {
    let with = |change: &dyn Fn(&mut Export)| -> Result<String> {
        let mut export = whole.clone();
        change(&mut export);
        Ok(serde_json::to_string(&export)?)
    };
    let text = serde_json::to_string(whole)?;
    let flipped = with(&|export| {
        if let Some(event) = export.events.get_mut(6) {
            *event = event.replacen("\"at\":1", "\"at\":2", 1);
        }
    })?;
    Ok(vec![
        ("flipped", flipped, "card 7"),
        (
            "truncated",
            with(&|export| export.events.truncate(export.events.len() - 2))?,
            "it is missing",
        ),
        ("reordered", with(&|export| export.events.swap(3, 4))?, "card 4"),
        (
            "swapped",
            with(&|export| export.events.clone_from(&other.events))?,
            "Do not believe this history: card 1",
        ),
        (
            "forged",
            with(&|export| export.checkpoint.clone_from(&other.checkpoint))?,
            "Do not believe",
        ),
        (
            "half",
            text.get(..text.len() / 2).unwrap_or_default().to_owned(),
            "Do not believe this file",
        ),
        ("future", text.replacen("\"version\":1", "\"version\":9", 1), "Do not believe this file"),
    ])
}

fn deployment(export: &Export) -> Result<Deployment> {
    let chain = export.chain.context("the export names its chain")?;
    Ok(Deployment {
        chain_id: chain.chain_id,
        from_block: 0,
        contracts: chain.contracts,
        payees: BTreeMap::new(),
        dev_accounts: Vec::new(),
    })
}

/// Serves a folder of files, and its index for every address of the page; an API it has none.
async fn serve_page(folder: &Path) -> Result<String> {
    let folder: PathBuf = folder.to_owned();
    let router = Router::new().fallback(move |request: Request| {
        let folder = folder.clone();
        async move { file(&folder, request.uri().path()) }
    });
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await?;
    let address = listener.local_addr()?;
    tokio::spawn(async move { axum::serve(listener, router).await });
    Ok(format!("http://{address}"))
}

fn file(folder: &Path, path: &str) -> Response {
    if path.starts_with("/api/") {
        return axum::http::StatusCode::NOT_FOUND.into_response();
    }
    let name = path.trim_start_matches('/');
    let name = if name.contains('.') { name } else { "index.html" };
    let kind = match Path::new(name).extension().and_then(|it| it.to_str()) {
        Some("js") => "text/javascript",
        Some("wasm") => "application/wasm",
        Some("css") => "text/css",
        Some("svg") => "image/svg+xml",
        _ => "text/html",
    };
    match std::fs::read(folder.join(name)) {
        Ok(content) => ([(CONTENT_TYPE, kind)], content).into_response(),
        Err(_) => axum::http::StatusCode::NOT_FOUND.into_response(),
    }
}
