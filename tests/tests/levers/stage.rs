//! The stage of the levers: a running mission, the owner's wallet in a browser, and the ways to flip and to undo.

use alloy::primitives::{Address, B256, Bytes, keccak256};
use alloy::sol_types::SolCall;
use anyhow::{Context, Result, ensure};
use phase8_shared::api::{GovernanceView, routes};
use phase8_shared::chain::DevRole;
use phase8_shared::chain::abi::IOwnerProxy;
use phase8_shared::id::MissionId;
use phase8_tests::{Browser, Chain, MissionControl, Page, Parts, Settings, Wallet};

/// Seconds that what accelerates waits here.
const DELAY: u32 = 2;

/// How a lever is signed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Way {
    Wallet,
    Relay,
}

impl Way {
    pub(crate) const fn button(self) -> &'static str {
        match self {
            Self::Wallet => "lever-sign",
            Self::Relay => "lever-relay",
        }
    }
}

/// How far the mission is when the page opens.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Mission {
    /// Created, and not paid for.
    Unfunded,
    /// On its first step.
    Running,
}

/// A browser with the owner's wallet on a mission.
pub(crate) struct Stage {
    pub(crate) parts: Parts,
    pub(crate) control: MissionControl,
    pub(crate) chain: Chain,
    pub(crate) wallet: Wallet,
    pub(crate) page: Page,
    _browser: Browser,
    pub(crate) owner: Address,
    pub(crate) mission: MissionId,
    pub(crate) way: Way,
}

impl Stage {
    /// A running mission, and a delay of two seconds.
    pub(crate) async fn set(way: Way) -> Result<Self> {
        Self::begin(way, DELAY, Mission::Running).await
    }

    /// The same with a delay in seconds, and a mission that is so far.
    pub(crate) async fn begin(way: Way, delay: u32, far: Mission) -> Result<Self> {
        let parts = Parts::find()?;
        let settings = Settings::default().with("PHASE8__CHAIN__DELAY_SECONDS", &delay.to_string());
        let control = MissionControl::start_with(&parts, settings).await?;
        let chain = control.chain().await?;
        let owner = chain.account(DevRole::Owner, 0)?;
        let mission = MissionId::from_bytes([7; 16]);
        // On the wall's own clock the mission outlasts the test.
        control.launch_usual(&parts, &chain, mission, 1).await?;
        if far == Mission::Running {
            control.fund(&chain, mission).await?;
            control.until(mission, "the mission runs", |state| !state.steps.is_empty()).await?;
        }
        let wallet = Wallet::holding(owner, chain.clone());
        let browser = Browser::start(&parts).await?;
        let page = browser.open(&control.at("/owner"), &wallet).await?;
        page.click("connect-wallet").await?;
        page.see_words("wallet-option", "Journey Wallet").await?;
        page.click("[data-testid=\"wallet-option\"][data-name=\"Journey Wallet\"]").await?;
        page.see("wallet-account").await?;
        Ok(Self { parts, control, chain, wallet, page, _browser: browser, owner, mission, way })
    }

    /// The owner orders a call through the door, without the page.
    pub(crate) async fn order(&self, target: Address, call: &impl SolCall) -> Result<B256> {
        let door = self.chain.deployment.contracts.owner_proxy;
        let data = Bytes::from(call.abi_encode());
        let through = IOwnerProxy::executeCall { target, data }.abi_encode();
        self.chain.send(self.owner, door, through.into()).await
    }

    /// What governance decided and waits for, as the server tells it.
    pub(crate) async fn governance(&self) -> Result<GovernanceView> {
        self.control.get(routes::GOVERNANCE).await
    }

    /// Goes to a part of the command center.
    pub(crate) async fn open(&self, part: &str) -> Result<()> {
        let name = part.trim_start_matches('/');
        self.page.click(&format!("owner-nav-{name}")).await?;
        self.page.see(&format!("owner-section-{name}")).await?;
        Ok(())
    }

    /// Signs what stands in a place, and waits until it is obeyed. Where the page saw the chain move between look and
    /// click it asks to look again, and nothing was signed: then this looks again, as a person does.
    pub(crate) async fn sign(&self, place: &str) -> Result<()> {
        let within = |inner: &str| format!("[data-testid=\"{place}\"] {inner}");
        let (obeyed, trouble) =
            (within("[data-stage=\"obeyed\"]"), within("[data-testid=\"lever-trouble\"]"));
        for _ in 0..3 {
            self.click_in(place, self.way.button())
                .await
                .with_context(|| format!("sign {place}"))?;
            let told = self.page.see(&format!("{obeyed}, {trouble}")).await;
            if !told.with_context(|| format!("{place} is obeyed"))?.contains("Look at it again") {
                break;
            }
        }
        self.page.see(&obeyed).await.with_context(|| format!("{place} is obeyed"))?;
        Ok(())
    }

    /// Signs what stands in a place, and waits until it stands so.
    pub(crate) async fn sign_until(&self, place: &str, stage: &str) -> Result<String> {
        self.click_in(place, self.way.button()).await.with_context(|| format!("sign {place}"))?;
        let wanted = format!("[data-testid=\"{place}\"] [data-stage=\"{stage}\"]");
        self.page.see(&wanted).await.with_context(|| format!("{place} is {stage}"))
    }

    pub(crate) async fn flip(&self, place: &str) -> Result<()> {
        self.sign(place).await.with_context(|| format!("flip {place}"))
    }

    /// Takes a flip back where it was made.
    pub(crate) async fn undo(&self, place: &str) -> Result<()> {
        self.click_in(place, "lever-undo").await?;
        self.sign(place).await.with_context(|| format!("undo {place}"))
    }

    pub(crate) async fn dismiss(&self, place: &str) -> Result<()> {
        self.click_in(place, "lever-dismiss").await
    }

    /// Opens the row of a table, once it is there, and waits for what it opens to.
    pub(crate) async fn open_row(&self, id: &str) -> Result<()> {
        let row = format!("[data-testid=\"owner-row\"][data-id=\"{id}\"]");
        self.page.click(&format!("{row} [data-testid=\"owner-open\"]")).await?;
        self.page.see(&format!("[data-testid=\"owner-detail\"][data-id=\"{id}\"]")).await?;
        Ok(())
    }

    /// Waits until the row of a table says this.
    pub(crate) async fn row_says(&self, id: &str, words: &str) -> Result<String> {
        self.page.see_words(&format!("[data-testid=\"owner-row\"][data-id=\"{id}\"]"), words).await
    }

    /// Has the connected account make a call of its own, and waits until it is in a block.
    pub(crate) async fn call(&self, button: &str) -> Result<()> {
        self.page.click(button).await?;
        let errand = format!("[data-testid=\"{button}-errand\"]");
        let ended = format!("{errand}[data-stage=\"done\"], {errand}[data-stage=\"failed\"]");
        // What was pressed may be gone once the chain obeyed; then the chain itself tells.
        let told = self.page.see(&format!("{ended}, body:not(:has({errand}))")).await?;
        ensure!(!told.contains("would be refused"), "{button}: {told}");
        Ok(())
    }

    pub(crate) async fn click_in(&self, place: &str, button: &str) -> Result<()> {
        self.page.click(&format!("[data-testid=\"{place}\"] [data-testid=\"{button}\"]")).await
    }

    /// What the manager answers about an entry, byte for byte; none if it does not know it.
    pub(crate) async fn manager_fields(&self, function: &str, id: B256) -> Result<Option<Bytes>> {
        let mut data = selector(&format!("get{function}(bytes32)"));
        data.extend(id);
        self.chain.try_view(self.chain.deployment.contracts.manager, data.into()).await
    }

    /// What a view function of the manager without arguments answers.
    pub(crate) async fn view(&self, signature: &str) -> Result<Bytes> {
        let manager = self.chain.deployment.contracts.manager;
        self.chain
            .try_view(manager, selector(signature).into())
            .await?
            .with_context(|| format!("{signature} answers"))
    }

    /// Pictures of a part of the command center, or of what is shown, at the desk and on the phone; everything fits.
    pub(crate) async fn pictures(&self, name: &str, part: &str) -> Result<()> {
        if !part.is_empty() {
            self.open(part).await?;
        }
        self.page.pictures(name).await
    }

    /// The same of what the window shows: of a dialog.
    pub(crate) async fn window_pictures(&self, name: &str) -> Result<()> {
        self.page.window_pictures(name).await
    }
}

fn selector(signature: &str) -> Vec<u8> {
    keccak256(signature).iter().take(4).copied().collect()
}
