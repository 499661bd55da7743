//! The dominance scoreboard as an operator sees it: of the server's manifest, and of one that is dropped on the page and
//! measured in the browser. Command line, server and browser tell the same numbers, to the letter.

#![expect(
    clippy::indexing_slicing,
    reason = "JSON that lacks a key is null, and then the test stops"
)]

use std::path::Path;

use anyhow::{Context, Result, ensure};
use phase8_shared::api::routes;
use phase8_shared::chain::DevRole;
use phase8_tests::{Browser, MissionControl, Page, Parts, Settings, Wallet};
use serde_json::{Value, json};

/// What the page shows, in the shape of [`told`].
const SHOWN: &str = "(() => { \
    const all = (selector) => [...document.querySelectorAll(selector)]; \
    const verdict = document.querySelector('[data-testid=\"dominance-verdict\"]'); \
    const table = (id) => all(`[data-testid=\"table-${id}\"] tbody tr`).map((row) => \
        [...row.children].map((cell) => cell.dataset.said)); \
    return { \
        score: document.querySelector('[data-testid=\"dominance-score\"]').textContent, \
        guardrail: verdict.dataset.guardrail, \
        components: all('[data-testid=\"dominance-component\"]').map((one) => one.dataset.said), \
        measured: all('[data-testid=\"dominance-measured\"] dd').map((one) => one.textContent), \
        programme: all('[data-testid=\"programme\"] .numbers dd').map((one) => one.textContent), \
        tables: ['domains', 'sentinels', 'streams', 'protocols', 'timeline', 'check-ins'].map(table), \
        boxes: all('.mesh text.mesh__note').map((one) => one.textContent), \
    }; })()";

#[tokio::test]
async fn command_line_server_and_browser_tell_the_same_dominance_score() -> Result<()> {
    let parts = Parts::find()?;
    let control = MissionControl::start(&parts).await?;
    let chain = control.chain().await?;
    let wallet = Wallet::holding(chain.account(DevRole::Operator, 0)?, chain.clone());
    let browser = Browser::start(&parts).await?;
    let page = browser.open(&control.at("/scoreboard"), &wallet).await?;

    let usual = parts.root.join("configs/universal.value.manifest.json");
    let printed = parts.printed("scoreboard", &usual, 0).await?;
    let served: Value = control.get(routes::SCOREBOARD).await?;
    assert_eq!(served["scoreboard"], printed, "the server answers what the command line prints");
    page.see_words("dominance-verdict", "reaches the guardrail").await?;
    page.see_words("dominance-source", "as the server is configured").await?;
    page.see_words("table-levers", "Armed").await?;
    assert_eq!(page.eval::<Value>(SHOWN).await?, told(&printed));
    page.pictures("scoreboard").await?;

    // Another manifest, with a name that would be markup if it were not text.
    let folder = tempfile::tempdir()?;
    let (other, file) = another(&parts, folder.path())?;
    let printed = parts.printed("scoreboard", &file, 1).await?;
    assert_ne!(printed["score"], served["scoreboard"]["score"], "{other}");
    page.go(&control.at("/")).await?;
    page.see("drop-zone").await?;
    page.choose_file("file-input", &file).await?;
    page.see_words("manifest-seen", "is a manifest, not a job spec").await?;
    page.pictures("launch-saw-a-manifest").await?;
    page.click("[data-testid=\"manifest-seen\"] a").await?;
    page.see_words("dominance-source", "measured in this browser").await?;
    assert_eq!(page.eval::<Value>(SHOWN).await?, told(&printed), "the browser measures the same");
    page.see_words("dominance", "Below the guardrail").await?;
    page.pictures("scoreboard-below").await?;

    page.reload().await?;
    page.see_words("dominance-source", "measured in this browser").await?;
    assert_eq!(page.eval::<Value>(SHOWN).await?, told(&printed), "it is kept over a reload");
    sorts(&page).await?;
    page.click("[data-testid=\"scoreboard-source\"] .button--quiet").await?;
    page.see_words("dominance-source", "as the server is configured").await?;
    assert_eq!(page.complaints(), Vec::<String>::new());
    Ok(())
}

#[tokio::test]
async fn a_manifest_that_is_missing_or_broken_is_told_in_words() -> Result<()> {
    let parts = Parts::find()?;
    let settings = Settings::default().with("PHASE8__SCOREBOARD__MANIFEST", "configs/none.json");
    let control = MissionControl::start_with(&parts, settings).await?;
    let chain = control.chain().await?;
    let wallet = Wallet::holding(chain.account(DevRole::Operator, 0)?, chain.clone());
    let browser = Browser::start(&parts).await?;
    let page = browser.open(&control.at("/scoreboard"), &wallet).await?;

    page.see_words("scoreboard-empty", "configs/none.json cannot be read").await?;
    page.pictures("scoreboard-empty").await?;
    let folder = tempfile::tempdir()?;
    let usual = parts.config("universal.value.manifest.json")?;
    for (name, text, words) in [
        ("broken", usual.replacen(':', "", 1), "Error"),
        ("job", parts.config("job.multi-agent.json")?, "not a manifest"),
        ("empty", String::new(), "Error"),
        (
            "bps",
            usual.replacen("\"maxDrawdownBps\": 3200", "\"maxDrawdownBps\": 32000", 1),
            "$.global.maxDrawdownBps",
        ),
    ] {
        let file = folder.path().join(format!("{name}.json"));
        std::fs::write(&file, text)?;
        page.choose_file("manifest-file", &file).await?;
        page.see_words("scoreboard-findings", words).await.with_context(|| name)?;
        page.picture(&format!("scoreboard-{name}")).await?;
    }
    assert_eq!(page.complaints(), Vec::<String>::new());
    Ok(())
}

/// A press on a heading puts the largest on top, the second time the smallest.
async fn sorts(page: &Page) -> Result<()> {
    let first = "document.querySelector('[data-testid=\"table-sentinels\"] tbody th').dataset.said";
    let heading = "[data-testid=\"table-sentinels\"] th:first-child .table__sort";
    page.click(heading).await?;
    page.see("[data-testid=\"table-sentinels\"] th[aria-sort=\"ascending\"]").await?;
    let up: String = page.eval(first).await?;
    page.click(heading).await?;
    page.see("[data-testid=\"table-sentinels\"] th[aria-sort=\"descending\"]").await?;
    let down: String = page.eval(first).await?;
    ensure!(up.to_lowercase() < down.to_lowercase(), "{up} and {down}");
    Ok(())
}

/// A manifest that is worth less and watched less.
fn another(parts: &Parts, folder: &Path) -> Result<(Value, std::path::PathBuf)> {
    let mut manifest: Value =
        serde_json::from_str(&parts.config("universal.value.manifest.json")?)?;
    for domain in manifest["domains"].as_array_mut().context("domains")? {
        domain["valueFlowMonthlyUSD"] = json!(1_234_567.89);
        domain["resilienceIndex"] = json!(0.7);
    }
    manifest["domains"][0]["name"] = json!("<img src=x onerror=alert(1)> & \"Co\"");
    let file = folder.join("another.json");
    std::fs::write(&file, serde_json::to_string_pretty(&manifest)?)?;
    Ok((manifest, file))
}

/// What the page has to show of a scoreboard.
fn told(scoreboard: &Value) -> Value {
    let number = |value: &Value| format!("{:.1}", value.as_f64().unwrap_or_default());
    let rows = |table: &Value| -> Value {
        let row = |row: &Value| -> Value {
            row.as_array().into_iter().flatten().map(|cell| cell["text"].clone()).collect()
        };
        table["rows"].as_array().into_iter().flatten().map(row).collect()
    };
    let list = |value: &Value, take: &dyn Fn(&Value) -> Value| -> Value {
        value.as_array().into_iter().flatten().map(take).collect()
    };
    let programme = &scoreboard["programme"];
    let tables = scoreboard["tables"].as_array().into_iter().flatten();
    let tables = tables.chain([&programme["timeline"], &programme["schedule"]]);
    json!({
        "score": number(&scoreboard["score"]),
        "guardrail": number(&scoreboard["guardrail"]),
        "components": list(&scoreboard["components"], &|it| {
            let points = it["points"].as_u64().unwrap_or_default();
            json!(format!("{}.{:02} of {}", points / 100, points % 100, it["of"]))
        }),
        "measured": list(&scoreboard["measured"], &|it| it["value"].clone()),
        "programme": [
            format!("{} min", programme["horizon_minutes"]),
            programme["checkpoints"].to_string(),
            format!("{} of {}", programme["delivered"], programme["check_ins"]),
            number(&scoreboard["score"]),
        ],
        "tables": tables.map(rows).collect::<Value>(),
        "boxes": list(&scoreboard["mesh"]["boxes"], &|it| it["note"].clone()),
    })
}
