//! Extensions of the contracts.

use anyhow::{Result, ensure};
use phase8_shared::chain::abi::IUpgradeCoordinator;
use phase8_shared::chain::module_key;
use phase8_tests::Parts;

use crate::stage::Stage;

impl Stage {
    pub(crate) async fn extension(&self) -> Result<()> {
        let contracts = self.chain.deployment.contracts;
        let module = module_key("CapitalStreamRouter");
        let active = || {
            let call = IUpgradeCoordinator::activeExtensionCall { module };
            self.chain.call(contracts.upgrade_coordinator, call)
        };
        let staged = || async {
            let call = IUpgradeCoordinator::stagedExtensionCall { module };
            let staged = self.chain.call(contracts.upgrade_coordinator, call).await?;
            anyhow::Ok(staged.implementation)
        };
        self.open("/extensions").await?;
        let file = Parts::find()?.root.join("configs/contract-extensions.json");
        self.page.choose_file("owner-extensions-file", &file).await?;
        self.same_documents("owner-extensions-documents", "extensions").await?;
        let row = "[data-testid=\"owner-row\"][data-id=\"capital-stream-router-v2\"]";
        self.page.click(&format!("{row} [data-testid=\"owner-open\"]")).await?;
        self.flip("lever-stage-extension").await?;
        ensure!(!staged().await?.is_zero(), "it is staged");
        self.flip("lever-activate-extension").await?;
        assert_eq!(active().await?, contracts.budget_manager, "it is active after the delay");
        self.undo("lever-activate-extension").await?;
        ensure!(active().await?.is_zero(), "it is retired");
        Ok(())
    }
}
