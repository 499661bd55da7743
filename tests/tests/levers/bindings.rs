//! Which domains sentinels and capital streams watch and feed, and the registry of model adapters.

use alloy::primitives::B256;
use anyhow::{Context, Result, ensure};
use phase8_shared::chain::abi::IModelRegistry;

use crate::manager::IManager;
use crate::stage::{Stage, Way};

/// What an entry that is bound to every domain names.
const NOTHING: [B256; 0] = [];

#[tokio::test]
async fn bindings_are_changed_taken_along_by_a_retirement_and_restored() -> Result<()> {
    let stage = Stage::set(Way::Relay).await?;
    let finance = stage.furnish_domain("planetary-finance", "Planetary finance").await?;
    let climate = stage.furnish_domain("climate-harmonizer", "Climate harmonizer").await?;
    let (sentinel, stream) = stage.furnish_watch().await?;
    stage.open("/registry").await?;
    stage.row_says(&sentinel.to_string(), "every domain").await?;

    stage.bind("setSentinelDomains", "lever-sentinel-domains", sentinel, &[finance]).await?;
    stage.row_says(&sentinel.to_string(), "planetary-finance").await?;
    stage
        .bind("setCapitalStreamDomains", "lever-stream-domains", stream, &[finance, climate])
        .await?;
    stage.pictures("owner-registry-bound", "").await?;
    stage.undo("lever-stream-domains").await?;
    assert_eq!(
        stage.bound("lever-stream-domains", stream).await?,
        NOTHING,
        "bound to every one again"
    );

    // Retiring takes the binding along; the registration that undoes it does not know it, a lever beside it does.
    stage.page.click("tab-removeSentinel").await?;
    stage.click_in("form-removeSentinel", "form-propose").await?;
    stage.sign("lever-retire-sentinel").await?;
    assert_eq!(stage.manager_fields("Sentinel", sentinel).await?, None, "it is retired");
    stage.undo("lever-retire-sentinel").await?;
    assert_eq!(
        stage.bound("lever-sentinel-domains", sentinel).await?,
        NOTHING,
        "back without bindings"
    );
    stage.flip("lever-retire-sentinel-rebind-0").await?;
    assert_eq!(stage.bound("lever-sentinel-domains", sentinel).await?, [finance], "bound again");
    assert_eq!(stage.page.complaints(), Vec::<String>::new());
    Ok(())
}

#[tokio::test]
async fn an_adapter_is_retired_at_once_and_registered_again_after_the_delay() -> Result<()> {
    let stage = Stage::set(Way::Wallet).await?;
    let registry = stage.chain.deployment.contracts.model_registry;
    let adapter =
        |key: B256| stage.chain.call(registry, IModelRegistry::adapterOfCall { adapter: key });
    let keys = stage.chain.call(registry, IModelRegistry::adaptersCall {}).await?;
    let key = *keys.last().context("an adapter")?;
    let before = adapter(key).await?;
    ensure!(before.registered, "the deployment registered it");

    stage.open("/levers").await?;
    stage.open_row(&before.id).await?;
    stage.flip("lever-retire-adapter").await?;
    ensure!(!adapter(key).await?.registered, "retired at once");
    stage.row_says(&before.id, "Retired").await?;
    stage.pictures("owner-adapter-retired", "").await?;

    stage.flip("lever-register-adapter").await?;
    ensure!(adapter(key).await?.registered, "registered, after the delay");
    stage.row_says(&before.id, "Registered").await?;
    stage.undo("lever-register-adapter").await?;
    ensure!(!adapter(key).await?.registered, "retired again");
    stage.undo("lever-register-adapter").await?;
    let after = adapter(key).await?;
    ensure!(after.registered, "and back");
    assert_eq!(after.recordHash, before.recordHash, "with the record of the configuration");
    assert_eq!(stage.page.complaints(), Vec::<String>::new());
    Ok(())
}

impl Stage {
    /// The domains that an entry is bound to on the chain.
    async fn bound(&self, place: &str, id: B256) -> Result<Vec<B256>> {
        let mut domains = if place == "lever-sentinel-domains" {
            self.chain.call(self.manager(), IManager::getSentinelDomainsCall { id }).await?
        } else {
            self.chain.call(self.manager(), IManager::getCapitalStreamDomainsCall { id }).await?
        };
        domains.sort_unstable();
        Ok(domains)
    }

    /// Binds an entry to these domains: undone, done again, and left so.
    async fn bind(&self, function: &str, place: &str, id: B256, domains: &[B256]) -> Result<()> {
        let mut wanted = domains.to_vec();
        wanted.sort_unstable();
        self.open_row(&id.to_string()).await?;
        self.page.click(&format!("tab-{function}")).await?;
        for domain in domains {
            let form = format!("[data-testid=\"form-{function}\"]");
            self.page.click(&format!("{form} input[data-value=\"{domain}\"]")).await?;
        }
        self.click_in(&format!("form-{function}"), "form-propose").await?;
        self.sign(place).await?;
        assert_eq!(self.bound(place, id).await?, wanted, "{place}");
        self.undo(place).await?;
        assert_eq!(self.bound(place, id).await?, NOTHING, "{place} is undone");
        self.undo(place).await?;
        assert_eq!(self.bound(place, id).await?, wanted, "{place} is done again");
        Ok(())
    }
}
