//! Every lever, flipped and undone in the same place, verified on the chain each time: once by wallet transaction, once by
//! a signature that the relay carries. Real program, real contracts, real browser.

#![expect(
    clippy::indexing_slicing,
    reason = "JSON that lacks a key is null, and then the test stops"
)]

mod bindings;
mod directives;
mod documents;
mod extension;
mod files;
mod following;
mod guardians;
mod held;
mod manager;
mod mission;
mod registry;
mod sections;
mod stage;

use anyhow::{Context, Result};

use crate::stage::{Stage, Way};

#[tokio::test]
async fn every_lever_is_flipped_and_undone_by_the_owners_wallet() -> Result<()> {
    let stage = Stage::set(Way::Wallet).await?;
    stage.pictures("owner-readiness", "").await?;
    stage.run().await?;
    stage.pictures("owner-transactions", "/transactions").await
}

#[tokio::test]
async fn every_lever_is_flipped_and_undone_by_a_signature_that_the_relay_carries() -> Result<()> {
    let stage = Stage::set(Way::Relay).await?;
    let gas = stage.chain.native_balance(stage.owner).await?;
    stage.run().await?;
    assert_eq!(stage.chain.native_balance(stage.owner).await?, gas, "the owner paid no gas");
    stage.pictures("owner-relayed", "/transactions").await
}

impl Stage {
    async fn run(&self) -> Result<()> {
        self.fleet().await.context("pausing")?;
        self.mission_levers().await.context("the mission's levers")?;
        self.registry().await.context("the registry")?;
        self.parameters().await.context("parameters and plan")?;
        self.extension().await.context("an extension")?;
        assert_eq!(self.page.complaints(), Vec::<String>::new());
        Ok(())
    }
}
