//! Every part of the command center, looked at.

use anyhow::Result;

use crate::stage::{Stage, Way};

#[tokio::test]
async fn every_part_of_the_command_center_fits_the_phone_and_the_desk() -> Result<()> {
    let stage = Stage::set(Way::Wallet).await?;
    stage.furnish_parameters().await?;
    stage.furnish_domain("planetary-finance", "Planetary finance").await?;
    stage.furnish_watch().await?;
    for section in [
        "readiness",
        "levers",
        "registry",
        "bootstrap",
        "queue",
        "extensions",
        "directives",
        "batch",
        "signatures",
        "transactions",
    ] {
        stage.pictures(&format!("owner-{section}"), &format!("/{section}")).await?;
    }
    assert_eq!(stage.page.complaints(), Vec::<String>::new());
    Ok(())
}
