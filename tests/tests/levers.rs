//! Every lever, flipped and undone in the same place, verified on the chain each time: once by wallet transaction, once by
//! a signature that the relay carries. Real program, real contracts, real browser.

use alloy::primitives::{Address, B256, Bytes, keccak256};
use alloy::sol_types::SolCall;
use anyhow::{Context, Result, ensure};
use phase8_shared::chain::abi::{
    IAttestationModule, IGuardianCouncil, IModelRegistry, IPauseGuardian, ISystemPause,
    IUpgradeCoordinator,
};
use phase8_shared::chain::{DevRole, adapter_key, module_key, slug_key};
use phase8_shared::id::{MissionId, MissionKey};
use phase8_shared::money::MicroUsd;
use phase8_tests::{
    Browser, Chain, MissionControl, Page, Parts, Settings, Theme, Viewport, Wallet,
};

/// Seconds that what accelerates waits here.
const DELAY: u32 = 2;

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

/// How a lever is signed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Way {
    Wallet,
    Relay,
}

impl Way {
    const fn button(self) -> &'static str {
        match self {
            Self::Wallet => "lever-sign",
            Self::Relay => "lever-relay",
        }
    }
}

/// A browser with the owner's wallet on a running mission.
struct Stage {
    control: MissionControl,
    chain: Chain,
    page: Page,
    _browser: Browser,
    owner: Address,
    mission: MissionId,
    way: Way,
}

impl Stage {
    async fn set(way: Way) -> Result<Self> {
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

    async fn run(&self) -> Result<()> {
        self.fleet().await.context("pausing")?;
        self.mission_levers().await.context("the mission's levers")?;
        self.registry().await.context("the registry")?;
        self.parameters().await.context("parameters and plan")?;
        self.extension().await.context("an extension")?;
        assert_eq!(self.page.complaints(), Vec::<String>::new());
        Ok(())
    }

    async fn fleet(&self) -> Result<()> {
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

    async fn mission_levers(&self) -> Result<()> {
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

    async fn registry(&self) -> Result<()> {
        self.open("/registry").await?;
        let domain = [
            ("slug", "journey-domain"),
            ("name", "Journey domain"),
            ("metadataURI", "ipfs://journey"),
            ("heartbeatSeconds", "600"),
            ("tvlLimit", "1000000"),
            ("autonomyLevelBps", "5000"),
        ];
        let addresses = ["orchestrator", "capitalVault", "validatorModule", "policyKernel"];
        self.entry("domain", "Domain", &domain, &addresses, ("name", "Renamed domain")).await?;
        let sentinel = [
            ("slug", "journey-sentinel"),
            ("name", "Journey sentinel"),
            ("uri", "ipfs://sentinel"),
            ("coverageSeconds", "7200"),
            ("sensitivityBps", "300"),
        ];
        self.entry("sentinel", "Sentinel", &sentinel, &["agent"], ("sensitivityBps", "400"))
            .await?;
        let stream = [
            ("slug", "journey-stream"),
            ("name", "Journey stream"),
            ("uri", "ipfs://stream"),
            ("annualBudget", "5000"),
            ("expansionBps", "100"),
        ];
        self.entry("stream", "CapitalStream", &stream, &["vault"], ("annualBudget", "6000")).await
    }

    /// Registers an entry, undoes that and undoes the undoing, changes it in every way and back, and retires it.
    async fn entry(
        &self,
        name: &str,
        function: &str,
        fields: &[(&str, &str)],
        addresses: &[&str],
        change: (&str, &str),
    ) -> Result<()> {
        let slug = fields.first().context("a slug")?.1;
        let id = slug_key(slug);
        let form = format!("form-register{function}");
        let within = |form: &str, field: &str| {
            format!("[data-testid=\"{form}\"] [data-testid=\"field-{field}\"]")
        };
        self.page.click(&format!("register{function}")).await?;
        for (field, value) in fields {
            self.page.fill(&within(&form, field), value).await?;
        }
        for field in addresses {
            self.page.fill(&within(&form, field), &self.owner.to_string()).await?;
        }
        self.page.fill(&within(&form, "active"), "true").await?;
        self.click_in(&form, "form-propose").await?;
        let place = format!("lever-register-{name}");
        self.sign(&place).await?;
        let registered = self.manager_fields(function, id).await?.context("it is registered")?;
        self.undo(&place).await?;
        assert_eq!(self.manager_fields(function, id).await?, None, "{place} is undone");
        self.undo(&place).await?;
        assert_eq!(self.manager_fields(function, id).await?.as_ref(), Some(&registered), "{place}");

        let row = format!("[data-testid=\"owner-row\"][data-id=\"{id}\"]");
        self.page.click(&format!("{row} [data-testid=\"owner-open\"]")).await?;
        self.page.click(&format!("tab-update{function}")).await?;
        let form = format!("form-update{function}");
        self.page.fill(&within(&form, change.0), change.1).await?;
        self.click_in(&form, "form-propose").await?;
        let update = format!("lever-update-{name}");
        self.sign(&update).await?;
        let updated = self.manager_fields(function, id).await?;
        ensure!(updated.as_ref().is_some_and(|it| *it != registered), "{update} changed nothing");
        self.undo(&update).await?;
        assert_eq!(
            self.manager_fields(function, id).await?.as_ref(),
            Some(&registered),
            "{update}"
        );

        let mut acts = vec![(format!("set{function}Status"), "status", ("active", "false"))];
        if name == "domain" {
            acts.push(("configureDomainLimits".to_owned(), "limits", ("tvlLimit", "2000000")));
        }
        for (act, what, field) in acts {
            self.page.click(&format!("tab-{act}")).await?;
            let place = format!("lever-{name}-{what}");
            self.prepare(&act, &[field]).await?;
            self.sign(&place).await?;
            ensure!(
                self.manager_fields(function, id).await?.as_ref() != Some(&registered),
                "{place}"
            );
            self.undo(&place).await?;
            assert_eq!(
                self.manager_fields(function, id).await?.as_ref(),
                Some(&registered),
                "{place}"
            );
        }

        let act = &format!("remove{function}");
        self.page.click(&format!("tab-{act}")).await?;
        self.prepare(act, &[]).await?;
        self.sign(&format!("lever-retire-{name}")).await?;
        assert_eq!(self.manager_fields(function, id).await?, None, "{name} is retired");
        Ok(())
    }

    /// Fills the form of a function of the manager, and puts its lever up.
    async fn prepare(&self, function: &str, fields: &[(&str, &str)]) -> Result<()> {
        let form = format!("form-{function}");
        for (field, value) in fields {
            let target = format!("[data-testid=\"{form}\"] [data-testid=\"field-{field}\"]");
            self.page.fill(&target, value).await?;
        }
        self.click_in(&form, "form-propose").await
    }

    /// Flips one of the manager's parameters by its form, and back.
    async fn there_and_back(
        &self,
        function: &str,
        place: &str,
        fields: &[(&str, &str)],
        view: &str,
    ) -> Result<()> {
        let before = self.view(view).await?;
        self.page.click(&format!("tab-{function}")).await?;
        self.prepare(function, fields).await?;
        self.sign(place).await?;
        ensure!(self.view(view).await? != before, "{place} changed nothing");
        self.undo(place).await?;
        assert_eq!(self.view(view).await?, before, "{place} is undone");
        Ok(())
    }

    async fn parameters(&self) -> Result<()> {
        let contracts = self.chain.deployment.contracts;
        let form = "[data-testid=\"form-setGlobalParameters\"]";
        self.page.click("tab-setGlobalParameters").await?;
        for field in [
            "treasury",
            "universalVault",
            "upgradeCoordinator",
            "validatorRegistry",
            "missionControl",
            "knowledgeGraph",
        ] {
            let target = format!("{form} [data-testid=\"field-{field}\"]");
            self.page.fill(&target, &contracts.upgrade_coordinator.to_string()).await?;
        }
        for (field, value) in [
            ("heartbeatSeconds", "600"),
            ("guardianReviewWindow", "3600"),
            ("maxDrawdownBps", "2000"),
            ("manifestoURI", "ipfs://manifesto"),
            ("manifestoHash", &B256::repeat_byte(3).to_string()),
        ] {
            self.page.fill(&format!("{form} [data-testid=\"field-{field}\"]"), value).await?;
        }
        self.click_in("form-setGlobalParameters", "form-propose").await?;
        self.sign("lever-global-parameters").await?;
        self.page.see_words("owner-parameters", "ipfs://manifesto").await?;
        let with_code = contracts.escrow.to_string();
        let hash = B256::repeat_byte(9).to_string();
        let manifesto = [("manifestoURI", "ipfs://other"), ("manifestoHash", hash.as_str())];
        for (function, place, fields, view) in [
            (
                "updateRiskParameters",
                "lever-risk-parameters",
                [("maxDrawdownBps", "1500")].as_slice(),
                "globalParameters()",
            ),
            ("updateManifesto", "lever-manifesto", &manifesto, "globalParameters()"),
            (
                "setGuardianCouncil",
                "lever-guardian-council",
                &[("council", with_code.as_str())],
                "guardianCouncil()",
            ),
            (
                "setSystemPause",
                "lever-system-pause",
                &[("newSystemPause", with_code.as_str())],
                "systemPause()",
            ),
        ] {
            self.there_and_back(function, place, fields, view).await.context(place)?;
        }

        self.page.click("tab-setSelfImprovementPlan").await?;
        for (hash, uri) in [(5_u8, "ipfs://plan-one"), (6, "ipfs://plan-two")] {
            for (field, value) in [
                ("planURI", uri),
                ("planHash", &B256::repeat_byte(hash).to_string()),
                ("cadenceSeconds", "86400"),
                ("lastExecutedAt", "0"),
            ] {
                let form = "[data-testid=\"form-setSelfImprovementPlan\"]";
                self.page.fill(&format!("{form} [data-testid=\"field-{field}\"]"), value).await?;
            }
            self.click_in("form-setSelfImprovementPlan", "form-propose").await?;
            self.sign("lever-self-improvement-plan").await?;
            self.page.see_words("[data-testid=\"owner-plan\"] dd", uri).await?;
        }
        let second = self.view("selfImprovementPlan()").await?;
        self.undo("lever-self-improvement-plan").await?;
        ensure!(self.view("selfImprovementPlan()").await? != second, "the plan before is back");
        Ok(())
    }

    async fn extension(&self) -> Result<()> {
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

    /// Goes to a part of the command center.
    async fn open(&self, part: &str) -> Result<()> {
        let name = part.trim_start_matches('/');
        self.page.click(&format!("owner-nav-{name}")).await?;
        self.page.see(&format!("owner-section-{name}")).await?;
        Ok(())
    }

    /// Signs what stands in a place, and waits until it is obeyed. Where the page saw the chain move between look and
    /// click it asks to look again, and nothing was signed: then this looks again, as a person does.
    async fn sign(&self, place: &str) -> Result<()> {
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

    async fn flip(&self, place: &str) -> Result<()> {
        self.sign(place).await.with_context(|| format!("flip {place}"))
    }

    /// Takes a flip back where it was made.
    async fn undo(&self, place: &str) -> Result<()> {
        self.click_in(place, "lever-undo").await?;
        self.sign(place).await.with_context(|| format!("undo {place}"))
    }

    async fn dismiss(&self, place: &str) -> Result<()> {
        self.click_in(place, "lever-dismiss").await
    }

    async fn click_in(&self, place: &str, button: &str) -> Result<()> {
        self.page.click(&format!("[data-testid=\"{place}\"] [data-testid=\"{button}\"]")).await
    }

    /// Keys of the registry's adapters with their scores, the lowest first.
    async fn adapters(&self) -> Result<Vec<(B256, i64)>> {
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

    /// What the manager answers about an entry, byte for byte; none if it does not know it.
    async fn manager_fields(&self, function: &str, id: B256) -> Result<Option<Bytes>> {
        let mut data = selector(&format!("get{function}(bytes32)"));
        data.extend(id);
        self.chain.try_view(self.chain.deployment.contracts.manager, data.into()).await
    }

    /// What a view function of the manager without arguments answers.
    async fn view(&self, signature: &str) -> Result<Bytes> {
        let manager = self.chain.deployment.contracts.manager;
        self.chain
            .try_view(manager, selector(signature).into())
            .await?
            .with_context(|| format!("{signature} answers"))
    }

    /// Pictures of a part of the command center at the desk and on the phone.
    async fn pictures(&self, name: &str, part: &str) -> Result<()> {
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
