//! The stage of the levers: a running mission, the owner's wallet in a browser, and the ways to flip and to undo.

use alloy::primitives::{Address, B256, Bytes, keccak256};
use anyhow::{Context, Result};
use phase8_shared::chain::DevRole;
use phase8_shared::id::MissionId;
use phase8_tests::{
    Browser, Chain, MissionControl, Page, Parts, Settings, Theme, Viewport, Wallet,
};

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

/// A browser with the owner's wallet on a running mission.
pub(crate) struct Stage {
    pub(crate) control: MissionControl,
    pub(crate) chain: Chain,
    pub(crate) page: Page,
    _browser: Browser,
    pub(crate) owner: Address,
    pub(crate) mission: MissionId,
    pub(crate) way: Way,
}

impl Stage {
    pub(crate) async fn set(way: Way) -> Result<Self> {
        let parts = Parts::find()?;
        let settings = Settings::default().with("PHASE8__CHAIN__DELAY_SECONDS", &DELAY.to_string());
        let control = MissionControl::start_with(&parts, settings).await?;
        let chain = control.chain().await?;
        let owner = chain.account(DevRole::Owner, 0)?;
        let mission = MissionId::from_bytes([7; 16]);
        // On the wall's own clock the mission outlasts the test.
        control.launch_usual(&parts, &chain, mission, 1).await?;
        control.fund(&chain, mission).await?;
        control.until(mission, "the mission runs", |state| !state.steps.is_empty()).await?;
        let wallet = Wallet::holding(owner, chain.clone());
        let browser = Browser::start(&parts).await?;
        let page =
            browser.open(&format!("{}/owner", control.url.trim_end_matches('/')), &wallet).await?;
        page.click("connect-wallet").await?;
        page.see_words("wallet-option", "Journey Wallet").await?;
        page.click("[data-testid=\"wallet-option\"][data-name=\"Journey Wallet\"]").await?;
        page.see("wallet-account").await?;
        Ok(Self { control, chain, page, _browser: browser, owner, mission, way })
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

    /// Pictures of a part of the command center at the desk and on the phone.
    pub(crate) async fn pictures(&self, name: &str, part: &str) -> Result<()> {
        if !part.is_empty() {
            self.open(part).await?;
        }
        for (viewport, size) in [(Viewport::PHONE, "360"), (Viewport::DESK, "1440")] {
            for (theme, shade) in [(Theme::Dark, "dark"), (Theme::Light, "light")] {
                self.page.resize(viewport).await?;
                self.page.prefer(theme).await?;
                self.page.picture(&format!("{name}-{size}-{shade}")).await?;
            }
        }
        self.page.resize(Viewport::DESK).await
    }
}

fn selector(signature: &str) -> Vec<u8> {
    keccak256(signature).iter().take(4).copied().collect()
}
