//! The registry of the manager: entries, parameters and the self-improvement plan.

use alloy::primitives::B256;
use anyhow::{Context, Result, ensure};
use phase8_shared::chain::slug_key;

use crate::stage::Stage;

impl Stage {
    pub(crate) async fn registry(&self) -> Result<()> {
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
    pub(crate) async fn entry(
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
    pub(crate) async fn prepare(&self, function: &str, fields: &[(&str, &str)]) -> Result<()> {
        let form = format!("form-{function}");
        for (field, value) in fields {
            let target = format!("[data-testid=\"{form}\"] [data-testid=\"field-{field}\"]");
            self.page.fill(&target, value).await?;
        }
        self.click_in(&form, "form-propose").await
    }

    /// Flips one of the manager's parameters by its form, and back.
    pub(crate) async fn there_and_back(
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

    pub(crate) async fn parameters(&self) -> Result<()> {
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
}
