//! What waits for its time: guardians stop it or let it go on, and where the relayer cannot, anybody carries it out.

use alloy::primitives::{Address, B256, U256};
use anyhow::{Context, Result, ensure};
use phase8_shared::api::{ExtensionState, OperationState};
use phase8_shared::chain::abi::{
    IGuardianCouncil, IPauseGuardian, ISystemPause, ITimelock, IUpgradeCoordinator,
};
use phase8_shared::chain::{DevRole, module_key};
use phase8_shared::money::MicroUsd;

use crate::stage::{Mission, Stage, Way};

/// Seconds that what accelerates waits here: longer than the test, which lets them pass.
const DELAY: u32 = 900;

#[tokio::test]
async fn what_waits_is_cancelled_by_guardian_or_owner_and_carried_out_by_anybody() -> Result<()> {
    let stage = Stage::begin(Way::Wallet, DELAY, Mission::Running).await?;
    stage.cancelled_by_a_guardian().await.context("a guardian's cancel")?;
    let operation = stage.cancelled_by_the_owner().await.context("the owner's cancel")?;
    stage.carried_out_by_hand(operation).await.context("by hand")?;
    stage.cosigned().await.context("a tripwire")?;
    assert_eq!(stage.page.complaints(), Vec::<String>::new());
    Ok(())
}

#[tokio::test]
async fn the_council_vetoes_an_extension_and_the_owner_stages_it_again() -> Result<()> {
    let stage = Stage::begin(Way::Relay, DELAY, Mission::Running).await?;
    let (page, module) = (&stage.page, module_key("SentinelOrchestrator"));
    let slug = "sentinel-orchestrator-v3";
    let staged = || async {
        let call = IUpgradeCoordinator::stagedExtensionCall { module };
        let coordinator = stage.chain.deployment.contracts.upgrade_coordinator;
        let staged = stage.chain.call(coordinator, call).await?;
        anyhow::Ok((!staged.implementation.is_zero(), staged.vetoed))
    };
    stage.open("/extensions").await?;
    let file = stage.parts.root.join("configs/contract-extensions.json");
    page.choose_file("owner-extensions-file", &file).await?;
    stage.open_row(slug).await?;
    stage.flip("lever-stage-extension").await?;
    assert_eq!(staged().await?, (true, false), "it is staged");
    stage.pictures("owner-extension-staged", "").await?;

    stage.open("/queue").await?;
    stage.open_row(&module.to_string()).await?;
    page.see_words("direct-veto-extension", "Only a guardian of the council can").await?;
    page.switch_account(stage.chain.guardian(0).await?).await?;
    page.see("[data-testid=\"veto-extension\"]:enabled").await?;
    stage.pictures("owner-queue-veto", "").await?;
    stage.call("veto-extension").await?;
    page.see_words("owner-staged-list", "No extension is staged").await?;
    ensure!(staged().await?.1, "the chain says that it is vetoed");
    let view = stage.governance().await?;
    assert_eq!(
        view.extensions.first().map(|extension| extension.state),
        Some(ExtensionState::Vetoed)
    );

    page.switch_account(stage.owner).await?;
    stage.open("/extensions").await?;
    stage.row_says(slug, "Vetoed").await?;
    stage.open_row(slug).await?;
    stage.pictures("owner-extension-vetoed", "").await?;
    stage.flip("lever-stage-extension").await?;
    assert_eq!(staged().await?, (true, false), "staged anew, it is free of the veto");
    stage.undo("lever-stage-extension").await?;
    ensure!(!staged().await?.0, "and withdrawn");
    assert_eq!(page.complaints(), Vec::<String>::new());
    Ok(())
}

impl Stage {
    /// When an operation is ready; zero while the timelock does not know it, one once it is done.
    async fn timestamp(&self, id: B256) -> Result<U256> {
        let timelock = self.chain.deployment.contracts.owner_timelock;
        self.chain.call(timelock, ITimelock::getTimestampCall { id }).await
    }

    /// Raises the cap, and gives the operation that waits.
    async fn raise(&self, usd: &str) -> Result<B256> {
        self.open("/levers").await?;
        self.page.fill("cap-input", usd).await?;
        let told = self.sign_until("lever-budget-cap", "waiting").await?;
        ensure!(told.contains("until then it can be cancelled"), "{told}");
        let view = self.governance().await?;
        let waiting = view.operations.iter().find(|it| it.state == OperationState::Waiting {});
        let id = waiting.context("an operation waits")?.id;
        ensure!(self.timestamp(id).await? > U256::ONE, "the timelock holds it");
        Ok(id)
    }

    async fn cancelled_by_a_guardian(&self) -> Result<()> {
        let cap = self.chain.cap_of(self.mission.key()).await?;
        let id = self.raise("9000").await?;
        self.page.see_words("lever-waiting", "Takes effect in").await?;
        self.pictures("owner-levers-waiting", "").await?;

        let guardian = self.chain.guardian(1).await?;
        self.page.switch_account(guardian).await?;
        self.open("/queue").await?;
        self.open_row(&id.to_string()).await?;
        self.page.see("[data-testid=\"guardian-cancel\"]:enabled").await?;
        self.pictures("owner-queue-waiting", "").await?;
        self.call("guardian-cancel").await?;
        self.row_says(&id.to_string(), "by guardian").await?;
        assert_eq!(self.timestamp(id).await?, U256::ZERO, "the timelock has forgotten it");
        assert_eq!(self.chain.cap_of(self.mission.key()).await?, cap, "the cap is what it was");
        let cancelled = self.governance().await?.operations.into_iter().find(|it| it.id == id);
        ensure!(
            matches!(
                cancelled.context("it is listed")?.state,
                OperationState::Cancelled { by: Some(by), .. } if by == guardian
            ),
            "and the index knows by whom"
        );
        self.pictures("owner-queue-cancelled", "").await?;

        self.page.switch_account(self.owner).await?;
        self.open("/levers").await?;
        self.page.see_words("lever-budget-cap", "cancelled it before its time").await?;
        self.dismiss("lever-budget-cap").await
    }

    async fn cancelled_by_the_owner(&self) -> Result<B256> {
        let id = self.raise("9000").await?;
        self.open("/queue").await?;
        self.open_row(&id.to_string()).await?;
        self.flip("lever-cancel").await?;
        assert_eq!(self.timestamp(id).await?, U256::ZERO, "cancelled");
        self.row_says(&id.to_string(), "by the owner").await?;
        self.undo("lever-cancel").await?;
        ensure!(self.timestamp(id).await? > U256::ONE, "scheduled again, with the whole delay");
        Ok(id)
    }

    /// The relayer's wallet is empty, so that what is due stays; anybody may carry it out.
    async fn carried_out_by_hand(&self, id: B256) -> Result<()> {
        let relayer = self.chain.account(DevRole::Relayer, 0)?;
        let balance = self.chain.native_balance(relayer).await?;
        self.chain.set_native_balance(relayer, U256::ZERO).await?;
        self.chain.pass_time(u64::from(DELAY) + 1).await?;
        self.row_says(&id.to_string(), "Ready").await?;
        self.page.see_words("direct-execute-now", "anyone may").await?;
        let anybody: Address = self.chain.account(DevRole::Payee, 0)?;
        self.page.switch_account(anybody).await?;
        self.row_says(&id.to_string(), "refused").await?;
        self.pictures("owner-queue-due", "").await?;
        self.call("execute-now").await?;
        self.row_says(&id.to_string(), "Done").await?;
        assert_eq!(self.timestamp(id).await?, U256::ONE, "done");
        let cap = || self.chain.cap_of(self.mission.key());
        assert_eq!(cap().await?, MicroUsd::from_usd_decimal("9000")?);
        self.chain.set_native_balance(relayer, balance).await?;

        self.page.switch_account(self.owner).await?;
        self.open("/levers").await?;
        self.page.see("[data-testid=\"lever-budget-cap\"] [data-stage=\"obeyed\"]").await?;
        self.undo("lever-budget-cap").await?;
        ensure!(cap().await? < MicroUsd::from_usd_decimal("9000")?, "lowered again, at once");
        Ok(())
    }

    /// A tripwire ends once a guardian has co-signed and the delay is over; the relayer carries it out.
    async fn cosigned(&self) -> Result<()> {
        let contracts = self.chain.deployment.contracts;
        let tripped = || self.chain.call(contracts.system_pause, ISystemPause::trippedCall {});
        self.flip("lever-tripwire").await?;
        ensure!(tripped().await?, "tripped");
        let trip = self.chain.call(contracts.pause_guardian, IPauseGuardian::tripCall {}).await?;

        self.open("/queue").await?;
        self.page.switch_account(self.chain.guardian(0).await?).await?;
        self.page.see("[data-testid=\"cosign-resume\"]:enabled").await?;
        self.pictures("owner-queue-tripwire", "").await?;
        self.call("cosign-resume").await?;
        let council = IGuardianCouncil::isResumeCosignedCall { trip };
        ensure!(self.chain.call(contracts.guardian_council, council).await?, "co-signed");
        self.page.see_words("owner-trip", "may be carried out").await?;

        self.page.switch_account(self.owner).await?;
        self.open("/levers").await?;
        self.click_in("lever-tripwire", "lever-undo").await?;
        self.sign_until("lever-tripwire", "waiting").await?;
        self.chain.pass_time(u64::from(DELAY) + 1).await?;
        self.page.see("[data-testid=\"lever-tripwire\"] [data-stage=\"obeyed\"]").await?;
        ensure!(!tripped().await?, "the relayer carried the resume out");
        Ok(())
    }
}
