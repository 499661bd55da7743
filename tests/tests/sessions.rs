//! Who gets in, and who does not: by wallet, by a link on a phone, with the machine's own key, and nobody else.

use anyhow::{Result, ensure};
use phase8_shared::api::{MadeLink, MakeLink, routes};
use phase8_shared::chain::DevRole;
use phase8_shared::id::MissionId;
use phase8_tests::{Browser, MissionControl, Parts, Settings, Viewport, Wallet};

/// A server that shows nothing to whoever has not signed in.
fn closed() -> Settings {
    Settings::default().with("PHASE8__ACCESS__ANONYMOUS", "nothing")
}

#[tokio::test]
async fn a_guardian_signs_in_with_a_wallet_and_is_out_when_the_account_changes() -> Result<()> {
    let parts = Parts::find()?;
    let control = MissionControl::start_with(&parts, closed()).await?;
    let chain = control.chain().await?;
    let mission = MissionId::from_bytes([0x61; 16]);
    control.launch_usual(&parts, &chain, mission, 2_000).await?;
    let guardian = chain.account(DevRole::PauseGuardian, 0)?;
    let wallet = Wallet::holding(guardian, chain.clone());
    let browser = Browser::start(&parts).await?;
    let page = browser.open(&control.at(&format!("/missions/{mission}")), &wallet).await?;

    page.see("sign-in-wallet").await?;
    page.pictures("sign-in").await?;
    page.click("connect-wallet").await?;
    page.click("[data-testid=\"wallet-option\"][data-name=\"Journey Wallet\"]").await?;
    page.click("sign-in").await?;
    page.see_words("session", "Pause guardian").await?;
    page.see("mission-phase").await?;
    assert_eq!(wallet.prompts(), 1, "one message is signed, and nothing else");

    page.click("session").await?;
    page.see_words("session-facts", "the pause guardian").await?;
    page.window_pictures("session").await?;
    page.reload().await?;
    page.see_words("session", "Pause guardian").await?;

    page.switch_account(chain.account(DevRole::Payee, 0)?).await?;
    page.see_words("toast", "You are signed out").await?;
    page.click("sign-in").await?;
    page.see_words("no-role", "has no role on this chain").await?;
    page.pictures("no-role").await?;
    assert_eq!(page.complaints(), Vec::<String>::new());
    Ok(())
}

#[tokio::test]
async fn a_link_opens_one_mission_on_a_phone_until_it_is_revoked() -> Result<()> {
    let parts = Parts::find()?;
    let control = MissionControl::start_with(&parts, closed()).await?;
    let chain = control.chain().await?;
    let mission = MissionId::from_bytes([0x62; 16]);
    control.launch_usual(&parts, &chain, mission, 2_000).await?;
    let owner = Wallet::holding(chain.account(DevRole::Owner, 0)?, chain.clone());
    let browser = Browser::start(&parts).await?;
    let desk =
        browser.open(&control.with_key(&format!("/missions/{mission}/review"))?, &owner).await?;

    desk.see_words("session", "Operator").await?;
    let address: String = desk.eval("location.href").await?;
    ensure!(!address.contains('#'), "the key is gone from the address bar: {address}");
    desk.fill("link-label", "Ada, guardian").await?;
    desk.click("link-make").await?;
    desk.see("link-fresh").await?;
    let link: String =
        desk.eval("document.querySelector('[data-testid=\"link-fresh\"]').value").await?;
    ensure!(link.starts_with(&control.at(&format!("/missions/{mission}/review#link="))), "{link}");
    desk.pictures("links").await?;

    let other = Browser::start(&parts).await?;
    let stranger = Wallet::holding(chain.account(DevRole::Payee, 1)?, chain.clone());
    let phone = other.open(&link, &stranger).await?;
    phone.resize(Viewport::PHONE).await?;
    phone.see("review-verdict").await?;
    let address: String = phone.eval("location.href").await?;
    ensure!(!address.contains('#'), "{address}");
    phone.pictures("reader").await?;
    phone.go(&control.at("/")).await?;
    phone.go(&control.at(&format!("/missions/{mission}"))).await?;
    phone.see("mission-phase").await?;

    desk.click("link-revoke").await?;
    desk.see_words("link", "revoked").await?;
    phone.see("sign-in-wallet").await?;
    phone.go("about:blank").await?;
    phone.go(&link).await?;
    phone.see_words("problem", "was revoked").await?;
    phone.pictures("link-revoked").await?;
    Ok(())
}

#[tokio::test]
async fn one_tap_signs_a_rehearsal_account_in() -> Result<()> {
    let parts = Parts::find()?;
    let control = MissionControl::start_with(&parts, closed()).await?;
    let chain = control.chain().await?;
    let wallet = Wallet::holding(chain.account(DevRole::Payee, 0)?, chain.clone());
    let browser = Browser::start(&parts).await?;
    let page = browser.open(&control.at("/"), &wallet).await?;

    page.click("[data-testid=\"sign-in-rehearsal\"][data-name=\"Operator\"]").await?;
    page.see_words("session", "Operator").await?;
    page.click("session").await?;
    page.click("sign-out").await?;
    page.see("sign-in-wallet").await?;
    assert_eq!(wallet.prompts(), 0);
    Ok(())
}

#[tokio::test]
async fn a_link_is_made_and_listed_by_programs_with_the_key() -> Result<()> {
    let parts = Parts::find()?;
    let control = MissionControl::start_with(&parts, closed()).await?;
    let chain = control.chain().await?;
    let mission = MissionId::from_bytes([0x63; 16]);
    control.launch_usual(&parts, &chain, mission, 2_000).await?;

    let asked = MakeLink { label: "Ada".to_owned(), hours: 1 };
    let made = control.post(&routes::links(mission), &asked).await?.json::<MadeLink>().await?;
    ensure!(made.token.len() == 64);
    let stranger = reqwest::get(control.at(&routes::links(mission))).await?;
    assert_eq!(stranger.status().as_u16(), 401);
    Ok(())
}
