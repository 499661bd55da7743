//! From a manifest to the chain, in the page: refused with line and path, planned, handed on, carried out by wallet, stopped
//! by a refusal, taken up again, until nothing differs. The command line plans the same, and writes the same documents.

#![expect(
    clippy::indexing_slicing,
    reason = "JSON that lacks a key is null, and then the test stops"
)]

use std::path::Path;
use std::time::Duration;

use alloy::primitives::{Address, Bytes};
use alloy::sol_types::SolCall;
use anyhow::{Context, Result, bail, ensure};
use phase8_shared::chain::abi::{IModelRegistry, IOwnerProxy, IValidatorRegistry};
use phase8_shared::chain::{DevRole, adapter_key};
use phase8_tests::{Answer, Browser, Chain, MissionControl, Page, Parts, Settings, Wallet, now};
use serde_json::Value;

/// An adapter of the files that the chain is to lack.
const ADAPTER: &str = "steady-hand-32k";

struct Stage {
    parts: Parts,
    control: MissionControl,
    chain: Chain,
    wallet: Wallet,
    page: Page,
    _browser: Browser,
    owner: Address,
}

impl Stage {
    /// An empty manager, a guild without one of its members, and a registry without one of its adapters.
    async fn set() -> Result<Self> {
        let parts = Parts::find()?;
        let settings = Settings::default().with("PHASE8__CHAIN__DELAY_SECONDS", "2");
        let control = MissionControl::start_with(&parts, settings).await?;
        let chain = control.chain().await?;
        let owner = chain.account(DevRole::Owner, 0)?;
        let contracts = chain.deployment.contracts;
        let account = chain.account(DevRole::Validator, 0)?;
        let removed = IValidatorRegistry::removeValidatorCall { account };
        let retired = IModelRegistry::retireAdapterCall { adapter: adapter_key(ADAPTER) };
        order(&chain, owner, contracts.validator_registry, &removed).await?;
        order(&chain, owner, contracts.model_registry, &retired).await?;
        let wallet = Wallet::holding(owner, chain.clone());
        let browser = Browser::start(&parts).await?;
        let page = browser.open(&control.at("/owner"), &wallet).await?;
        page.click("owner-nav-bootstrap").await?;
        Ok(Self { parts, control, chain, wallet, page, _browser: browser, owner })
    }

    async fn connect(&self) -> Result<()> {
        self.page.click("connect-wallet").await?;
        self.page.see_words("wallet-option", "Journey Wallet").await?;
        self.page.click("[data-testid=\"wallet-option\"][data-name=\"Journey Wallet\"]").await?;
        self.page.see("wallet-account").await?;
        Ok(())
    }

    /// How many calls the page plans, once it has planned.
    async fn planned(&self) -> Result<usize> {
        self.page.see("bootstrap-calls").await?;
        let script =
            "Number(document.querySelector('[data-testid=\"bootstrap-calls\"]').dataset.calls)";
        self.page.eval(script).await
    }

    /// `phase8 bootstrap --json` against the same chain.
    async fn printed(&self, output: &Path) -> Result<Value> {
        let run = tokio::process::Command::new(&self.parts.phase8)
            .current_dir(&self.parts.root)
            .args(["bootstrap", "--json", "--output"])
            .arg(output)
            .env("PHASE8__STORAGE__DATA", self.control.data())
            .output()
            .await?;
        let said = String::from_utf8_lossy(&run.stderr);
        ensure!(run.status.success(), "{:?}: {said}", run.status);
        serde_json::from_slice(&run.stdout).with_context(|| said.into_owned())
    }

    /// Presses the button and waits until nothing differs, however long the calls take.
    async fn to_the_end(&self) -> Result<()> {
        self.page.click("bootstrap-run").await?;
        let start = now();
        while self.page.count("bootstrap-nothing").await? == 0 {
            if self.page.count("bootstrap-stopped").await? > 0 {
                bail!("it stopped: {}", self.page.see("bootstrap-stopped").await?);
            }
            if start.elapsed() > Duration::from_mins(4) {
                self.page.picture("bootstrap-late").await?;
                bail!("still {}", self.page.see("bootstrap-plan").await?);
            }
            tokio::time::sleep(Duration::from_millis(250)).await;
        }
        Ok(())
    }
}

/// The owner orders a call through the door, without the page.
async fn order(chain: &Chain, owner: Address, target: Address, call: &impl SolCall) -> Result<()> {
    let data = Bytes::from(call.abi_encode());
    let through = IOwnerProxy::executeCall { target, data }.abi_encode();
    chain.send(owner, chain.deployment.contracts.owner_proxy, through.into()).await.map(drop)
}

#[tokio::test]
async fn an_empty_chain_is_bootstrapped_from_the_page_until_nothing_differs() -> Result<()> {
    let stage = Stage::set().await?;
    let (page, chain) = (&stage.page, &stage.chain);
    page.see_words("bootstrap-from", "as the server is configured").await?;
    let folder = tempfile::tempdir()?;
    let told = stage.printed(folder.path()).await?;
    let calls = stage.planned().await?;
    assert_eq!(told["calls"], calls, "page and command line plan the same");
    ensure!(calls > 20, "{calls}");
    page.see_words("bootstrap-tried", "every call succeeds").await?;
    page.see_words("bootstrap-hindrance", "Connect the owner").await?;
    page.pictures("bootstrap-plan").await?;
    same_documents(page, folder.path(), told["artifacts"].as_array().context("artifacts")?).await?;

    stage.connect().await?;
    page.switch_account(chain.account(DevRole::Operator, 0)?).await?;
    page.see_words("bootstrap-hindrance", "Only the owner").await?;
    page.see("[data-testid=\"bootstrap-run\"]:disabled").await?;
    page.switch_account(stage.owner).await?;
    page.see("[data-testid=\"bootstrap-run\"]:enabled").await?;
    let first = "[data-testid=\"bootstrap-call\"]:first-of-type";
    page.click(&format!("{first} [data-testid=\"bootstrap-look\"]")).await?;
    page.see("[data-testid=\"lever-check\"][data-check=\"succeeds\"]").await?;
    page.pictures("bootstrap-call").await?;
    page.click(&format!("{first} [data-testid=\"bootstrap-look\"]")).await?;

    page.click("bootstrap-safe").await?;
    page.click("owner-nav-batch").await?;
    page.see("batch-checksum").await?;
    assert_eq!(page.count("batch-line").await?, calls, "one batch with every call");
    page.click("batch-clear").await?;
    page.click("owner-nav-bootstrap").await?;

    // The person declines the fourth call: what is on the chain stays, and nothing after it is sent.
    for answer in [Answer::Approve, Answer::Approve, Answer::Approve, Answer::Reject] {
        stage.wallet.next_answer(answer);
    }
    page.click("bootstrap-run").await?;
    let stopped = page.see_words("bootstrap-stopped", "Stopped at call 4 of").await?;
    ensure!(stopped.contains("3 calls before it are on the chain"), "{stopped}");
    assert_eq!(stage.wallet.prompts(), 4);
    page.see(&format!("[data-testid=\"bootstrap-calls\"][data-calls=\"{}\"]", calls - 3)).await?;
    page.pictures("bootstrap-stopped").await?;

    page.reload().await?;
    page.see("wallet-account").await?;
    assert_eq!(stage.planned().await?, calls - 3, "the plan goes on from the chain");
    stage.to_the_end().await?;
    page.see_words("bootstrap-nothing", "Nothing differs").await?;
    page.pictures("bootstrap-done").await?;
    assert_eq!(stage.wallet.prompts(), 4 + calls - 3, "each call was asked for once");
    let told = stage.printed(folder.path()).await?;
    assert_eq!(told["calls"], 0, "the command line finds nothing to do either");
    let account = chain.account(DevRole::Validator, 0)?;
    let guild = IValidatorRegistry::isValidatorCall { account };
    ensure!(chain.call(chain.deployment.contracts.validator_registry, guild).await?);
    assert_eq!(page.complaints(), Vec::<String>::new());
    Ok(())
}

/// Every document of the page is what the command line writes: to the digit but for times, and the batch to the call.
async fn same_documents(page: &Page, folder: &Path, written: &[Value]) -> Result<()> {
    assert_eq!(page.count("document").await?, written.len());
    for path in written {
        let path = Path::new(path.as_str().context("a path")?);
        let name = path.file_name().and_then(|name| name.to_str()).context("a name")?;
        let of_command_line = std::fs::read_to_string(folder.join(name))?;
        page.click(&format!("[data-testid=\"document\"][data-id=\"{name}\"] button")).await?;
        let saved = page.downloaded(name).await?;
        let plain = |text: &str| text.replace(|letter: char| letter.is_ascii_digit(), "#");
        if name.contains("safe-transaction") {
            let calls = |text: &str| -> Result<Value> {
                Ok(serde_json::from_str::<Value>(text)?["transactions"].clone())
            };
            ensure!(calls(&saved)? == calls(&of_command_line)?, "{name} has other calls");
        } else {
            let mut both = saved.lines().zip(of_command_line.lines());
            let other = both.find(|(ours, theirs)| plain(ours) != plain(theirs));
            ensure!(other.is_none(), "{name} differs: {other:?}");
            assert_eq!(saved.lines().count(), of_command_line.lines().count(), "{name}");
        }
    }
    Ok(())
}

#[tokio::test]
async fn a_manifest_that_the_contract_would_refuse_is_named_by_line_and_path() -> Result<()> {
    let stage = Stage::set().await?;
    let page = &stage.page;
    let usual = stage.parts.config("universal.value.manifest.json")?;
    let folder = tempfile::tempdir()?;
    stage.connect().await?;
    for (name, from, to, path) in [
        (
            "drawdown",
            "\"maxDrawdownBps\": 3200",
            "\"maxDrawdownBps\": 32000",
            "$.global.maxDrawdownBps",
        ),
        (
            "window",
            "\"guardianReviewWindow\": ",
            "\"guardianReviewWindow\": 0, \"was\": ",
            "$.global.guardianReviewWindow",
        ),
        ("broken", ":", "", "$"),
    ] {
        let wrong = usual.replacen(from, to, 1);
        ensure!(wrong != usual, "{name} changes nothing");
        let file = folder.path().join(format!("{name}.json"));
        std::fs::write(&file, wrong)?;
        page.choose_file("bootstrap-manifest-file", &file).await?;
        page.see_words("bootstrap-from", &format!("{name}.json")).await?;
        page.see_words("bootstrap-refused", "would be refused").await?;
        page.see_words("owner-findings", path).await.with_context(|| name)?;
        assert_eq!(page.count("bootstrap-run").await?, 0, "{name}: nothing can be carried out");
        page.pictures(&format!("bootstrap-refused-{name}")).await?;
    }
    let another =
        usual.replacen("0x77c7E3905c21177Be97956c6620567596492C497", &stage.owner.to_string(), 1);
    let file = folder.path().join("another.json");
    std::fs::write(&file, another)?;
    page.choose_file("bootstrap-manifest-file", &file).await?;
    page.see_words("problem", "The manifest names the manager").await?;
    assert_eq!(page.complaints(), Vec::<String>::new());
    Ok(())
}
