//! The files that the server reads at its start.

use std::fs;
use std::path::Path;

use anyhow::{Context, Result, bail};
use phase8_shared::api::{PolicyView, ScoreboardView};
use phase8_shared::chain::Contracts;
use phase8_shared::findings::Loaded;
use phase8_shared::manifest::Resolver;
use phase8_shared::policy::{GovernancePolicies, ModelAdapter, read_adapters, read_policies};
use phase8_shared::scoreboard::{Judged, judge};
use tracing::warn;

use crate::chain::Founding;
use crate::config::{FilesConfig, ScoreboardConfig};

/// Policies and adapters.
pub(super) struct Files {
    pub(super) policies: GovernancePolicies,
    pub(super) adapters: Vec<ModelAdapter>,
    policies_source: String,
}

impl Files {
    /// Reads them; what is wrong with one is told with line and path.
    pub(super) fn read(config: &FilesConfig) -> Result<Self> {
        let policies_source = text(&config.policies, "files.policies")?;
        let policies = checked(&config.policies, read_policies(&policies_source))?;
        let adapters =
            checked(&config.adapters, read_adapters(&text(&config.adapters, "files.adapters")?))?;
        Ok(Self { policies, adapters, policies_source })
    }

    /// What a development chain's contracts are founded on.
    pub(super) fn founding(&self, delay_seconds: u32) -> Founding<'_> {
        Founding { policies: &self.policies, adapters: &self.adapters, delay_seconds }
    }

    /// The policies as the page checks uploads against them.
    pub(super) fn policies_view(&self) -> PolicyView {
        PolicyView { source: self.policies_source.clone() }
    }

    /// The scoreboard of the configured manifest. One that is not there is said to be missing: no mission needs it.
    pub(super) fn scoreboard(
        &self,
        config: &ScoreboardConfig,
        contracts: &Contracts,
    ) -> ScoreboardView {
        let file = config.manifest.display().to_string();
        let guardrail = config.guardrail;
        match fs::read_to_string(&config.manifest) {
            Ok(text) => {
                let resolver =
                    Resolver { policies: Some(&self.policies), contracts: Some(contracts) };
                let judged = judge(&text, resolver, guardrail);
                ScoreboardView { file, missing: None, guardrail, judged }
            }
            Err(error) => {
                warn!("{file} cannot be read, so there is no scoreboard: {error}");
                let missing = Some(format!("{file} cannot be read: {error}"));
                ScoreboardView { file, missing, guardrail, judged: Judged::default() }
            }
        }
    }
}

fn text(path: &Path, key: &str) -> Result<String> {
    fs::read_to_string(path)
        .with_context(|| format!("{} cannot be read; {key} names the file", path.display()))
}

fn checked<T>(path: &Path, loaded: Loaded<T>) -> Result<T> {
    match loaded.into_result() {
        Ok((value, remarks)) => {
            for remark in &remarks {
                warn!("{}: {remark}", path.display());
            }
            Ok(value)
        }
        Err(findings) => bail!("{} cannot be used:\n{findings}", path.display()),
    }
}
