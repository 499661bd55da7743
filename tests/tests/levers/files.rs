//! What leaves the page as a file: the batch for a Safe, checked as Safe checks it, and the evidence, checked offline.

use alloy::primitives::{Address, B256, Bytes, keccak256};
use anyhow::{Context, Result, ensure};
use phase8_shared::money::MicroUsd;
use serde_json::{Value, json};

use crate::stage::{Stage, Way};

/// How Safe's Transaction Builder writes a batch down before it hashes it, done anew from its published description: keys
/// sorted, each object led by the list of its keys, the name null, the checksum left out.
const AS_SAFE_WRITES_IT: &str = r"(text) => {
  const write = (json) => {
    if (Array.isArray(json)) return `[${json.map(write).join(',')}]`;
    if (typeof json !== 'object' || json === null) return JSON.stringify(json);
    const keys = Object.keys(json).sort();
    return `{${JSON.stringify(keys)}${keys.map((key) => `${write(json[key])},`).join('')}}`;
  };
  const { checksum, ...meta } = JSON.parse(text).meta;
  return write({ ...JSON.parse(text), meta: { ...meta, name: null } });
}";

#[tokio::test]
async fn a_safe_batch_is_saved_with_the_checksum_that_safe_computes_and_does_what_it_says()
-> Result<()> {
    let stage = Stage::set(Way::Wallet).await?;
    let (page, chain, door) =
        (&stage.page, &stage.chain, stage.chain.deployment.contracts.owner_proxy);
    let cap = chain.cap_of(stage.mission.key()).await?;
    stage.open("/levers").await?;
    stage.click_in("lever-pause-fleet", "lever-safe").await?;
    page.fill("cap-input", "777").await?;
    stage.click_in("lever-budget-cap", "lever-safe").await?;
    stage.open("/batch").await?;
    page.see_words("batch-line", "Pause Fleet").await?;
    page.click("[data-testid=\"batch-line\"]:last-child [data-testid=\"batch-up\"]").await?;
    page.see_words("[data-testid=\"batch-line\"]:first-child", "Budget Cap").await?;
    stage.pictures("owner-batch", "").await?;
    page.click("batch-download").await?;
    let text = page.downloaded("phase8-safe-transaction-batch").await?;

    let shown: String =
        page.eval("document.querySelector('[data-testid=batch-text]').textContent").await?;
    assert_eq!(text, shown, "what is saved is what is shown");
    let file: Value = serde_json::from_str(&text)?;
    let checksum = |text: Value| async move {
        let written: String = page.eval(&format!("({AS_SAFE_WRITES_IT})({text})")).await?;
        anyhow::Ok(keccak256(written).to_string())
    };
    assert_eq!(checksum(json!(text)).await?, file["meta"]["checksum"], "Safe takes it");
    let tampered = text.replacen("\"value\": \"0\"", "\"value\": \"1\"", 1);
    ensure!(tampered != text, "a call sends no ETH");
    assert_ne!(checksum(json!(tampered)).await?, file["meta"]["checksum"], "Safe tells a change");
    assert_eq!(file["chainId"], chain.deployment.chain_id.to_string());

    // What the batch carries is what the door does.
    let calls = file["transactions"].as_array().context("calls")?;
    assert_eq!(calls.len(), 2);
    for call in calls {
        let to: Address = serde_json::from_value(call["to"].clone())?;
        let data: Bytes = serde_json::from_value(call["data"].clone())?;
        assert_eq!((to, &call["value"]), (door, &json!("0")));
        chain.send(stage.owner, to, data).await?;
    }
    ensure!(chain.is_paused().await?, "paused");
    assert_eq!(chain.cap_of(stage.mission.key()).await?, MicroUsd::from_usd_decimal("777")?);

    page.click("batch-clear").await?;
    page.see_words("owner-batch", "The batch is empty").await?;
    stage.open("/levers").await?;
    stage.flip("lever-resume-fleet").await?;
    page.fill("cap-input", &cap.to_string()).await?;
    stage.flip("lever-budget-cap").await?;
    ensure!(!chain.is_paused().await?, "resumed");
    assert_eq!(chain.cap_of(stage.mission.key()).await?, cap, "raised again, after the delay");
    assert_eq!(page.complaints(), Vec::<String>::new());
    Ok(())
}

#[tokio::test]
async fn evidence_is_saved_shown_as_a_code_and_recomputed_offline() -> Result<()> {
    let stage = Stage::set(Way::Relay).await?;
    let page = &stage.page;
    stage.open("/levers").await?;
    page.fill("cap-input", "777").await?;
    stage.click_in("lever-budget-cap", "lever-evidence").await?;
    page.see_words("evidence", "phase8 verify").await?;
    page.see("[data-testid=\"evidence\"]:has([data-testid=\"qr\"])").await?;
    stage.window_pictures("evidence").await?;
    let text = page.downloaded("phase8-evidence-").await?;
    let file: Value = serde_json::from_str(&text)?;
    let digest: B256 = serde_json::from_value(file["eip712"]["digest"].clone())?;
    let drawn: String =
        page.eval("document.querySelector('[data-testid=qr] .qr__ink').getAttribute('d')").await?;
    assert_eq!(file["exits"]["qr"]["path"], drawn, "the code that is shown is that of the file");
    let said = file["exits"]["qr"]["text"].as_str().context("the code says something")?;
    ensure!(said.ends_with(&digest.to_string()), "it names the digest: {said}");

    let folder = tempfile::tempdir()?;
    let path = folder.path().join("evidence.json");
    let verify = |text: String| {
        std::fs::write(&path, text)?;
        let mut verify = std::process::Command::new(&stage.parts.phase8);
        anyhow::Ok(verify.arg("verify").arg(&path).output()?)
    };
    let honest = verify(text.clone())?;
    ensure!(honest.status.success(), "{}", String::from_utf8_lossy(&honest.stdout));
    ensure!(String::from_utf8_lossy(&honest.stdout).contains(&digest.to_string()), "it is told");
    let changed = text.replacen("777", "778", 1);
    ensure!(changed != text, "the file tells the new cap");
    ensure!(!verify(changed)?.status.success(), "a changed file is found out");

    page.click("[data-testid=\"evidence\"] [aria-label=\"Close\"]").await?;
    stage.flip("lever-budget-cap").await?;
    let key = stage.mission.key();
    assert_eq!(stage.chain.cap_of(key).await?, MicroUsd::from_usd_decimal("777")?);
    stage.undo("lever-budget-cap").await?;
    ensure!(stage.chain.cap_of(key).await? > MicroUsd::from_usd_decimal("777")?, "undone");
    assert_eq!(page.complaints(), Vec::<String>::new());
    Ok(())
}
