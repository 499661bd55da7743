//! The levers of the fleet and of one mission.

use alloy::primitives::B256;
use alloy::sol_types::SolCall;
use anyhow::{Context, Result, ensure};
use phase8_shared::chain::abi::{
    IAttestationModule, IGuardianCouncil, IModelRegistry, IPauseGuardian, ISystemPause,
};
use phase8_shared::chain::{DevRole, adapter_key};
use phase8_shared::id::MissionKey;
use phase8_shared::money::MicroUsd;

use crate::stage::Stage;

impl Stage {
    pub(crate) async fn fleet(&self) -> Result<()> {
        self.open("/levers").await?;
        self.flip("lever-pause-fleet").await?;
        ensure!(self.chain.is_paused().await?, "paused");
        self.undo("lever-pause-fleet").await?;
        ensure!(!self.chain.is_paused().await?, "resumed");

        let contracts = self.chain.deployment.contracts;
        let tripped = || self.chain.call(contracts.system_pause, ISystemPause::trippedCall {});
        self.flip("lever-tripwire").await?;
        ensure!(tripped().await?, "tripped");
        // The owner alone cannot end a tripwire: a guardian co-signs.
        let trip = self.chain.call(contracts.pause_guardian, IPauseGuardian::tripCall {}).await?;
        let guardian = self.chain.guardian(0).await?;
        let cosign = IGuardianCouncil::cosignResumeCall { trip }.abi_encode();
        self.chain.send(guardian, contracts.guardian_council, cosign.into()).await?;
        self.undo("lever-tripwire").await?;
        ensure!(!tripped().await? && !self.chain.is_paused().await?, "resumed after the delay");
        Ok(())
    }

    pub(crate) async fn mission_levers(&self) -> Result<()> {
        let contracts = self.chain.deployment.contracts;
        let key = self.mission.key();
        let cap = self.chain.cap_of(key).await?;

        self.page.fill("cap-input", "777").await?;
        self.flip("lever-budget-cap").await?;
        assert_eq!(self.chain.cap_of(key).await?, MicroUsd::from_usd_decimal("777")?);
        self.undo("lever-budget-cap").await?;
        assert_eq!(self.chain.cap_of(key).await?, cap, "raised again, after the delay");
        let told =
            self.control.until(self.mission, "the engine obeys", |state| state.budget.cap == cap);
        told.await?;

        let adapters = self.adapters().await?;
        let (best, worst) =
            (adapters.last().context("adapters")?, adapters.first().context("adapters")?);
        let active = |scope: MissionKey| {
            self.chain.call(
                contracts.model_registry,
                IModelRegistry::activeAdapterCall { scope: scope.0 },
            )
        };
        self.page.fill("adapter-select", &best.0.to_string()).await?;
        self.flip("lever-adapter").await?;
        assert_eq!(active(key).await?, best.0, "the best adapter works");
        self.dismiss("lever-adapter").await?;
        self.page.fill("adapter-select", &worst.0.to_string()).await?;
        self.page.fill("adapter-reason", "The journey asks for a lower score").await?;
        self.flip("lever-adapter").await?;
        assert_eq!(active(key).await?, worst.0, "a lower score, for a written reason");
        self.undo("lever-adapter").await?;
        assert_eq!(active(key).await?, best.0, "rolled back at once");

        let required = || {
            let call = IModelRegistry::isCoPilotRequiredCall { mission: key.0 };
            self.chain.call(contracts.model_registry, call)
        };
        self.flip("lever-copilot").await?;
        ensure!(required().await?, "a person works along");
        self.undo("lever-copilot").await?;
        ensure!(!required().await?, "and no longer");

        let validator = self.chain.account(DevRole::Validator, 0)?;
        let reads = || {
            let call = IAttestationModule::isReaderCall { mission: key.0, account: validator };
            self.chain.call(contracts.attestation_module, call)
        };
        self.page.fill("summon-validator", &validator.to_string()).await?;
        self.flip("lever-summon").await?;
        ensure!(reads().await?, "the validator holds a read token");
        self.undo("lever-summon").await?;
        ensure!(!reads().await?, "the read token is revoked");
        Ok(())
    }

    /// Keys of the registry's adapters with their scores, the lowest first.
    pub(crate) async fn adapters(&self) -> Result<Vec<(B256, i64)>> {
        let registry = self.chain.deployment.contracts.model_registry;
        let mut found = Vec::new();
        for key in self.chain.call(registry, IModelRegistry::adaptersCall {}).await? {
            let adapter =
                self.chain.call(registry, IModelRegistry::adapterOfCall { adapter: key }).await?;
            assert_eq!(adapter_key(&adapter.id), key);
            found.push((key, adapter.score.try_into()?));
        }
        found.sort_by_key(|(_, score)| *score);
        Ok(found)
    }
}
