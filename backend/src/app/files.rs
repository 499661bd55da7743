//! The files that the server reads at its start.

use std::fs;
use std::path::Path;

use anyhow::{Context, Result, bail};
use phase8_shared::api::{BootstrapFiles, ConfiguredFile, PolicyView, ScoreboardView};
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
    adapters_file: ConfiguredFile,
}

impl Files {
    /// Reads them; what is wrong with one is told with line and path.
    pub(super) fn read(config: &FilesConfig) -> Result<Self> {
        let policies_source = text(&config.policies, "files.policies")?;
        let policies = checked(&config.policies, read_policies(&policies_source))?;
        let source = text(&config.adapters, "files.adapters")?;
        let adapters = checked(&config.adapters, read_adapters(&source))?;
        let file = config.adapters.display().to_string();
        let adapters_file = ConfiguredFile { file, text: Some(source), missing: None };
        Ok(Self { policies, adapters, policies_source, adapters_file })
    }

    /// What a development chain's contracts are founded on.
    pub(super) fn founding(&self, delay_seconds: u32) -> Founding<'_> {
        Founding { policies: &self.policies, adapters: &self.adapters, delay_seconds }
    }

    /// The policies as the page checks uploads against them.
    pub(super) fn policies_view(&self) -> PolicyView {
        PolicyView { source: self.policies_source.clone() }
    }

    /// What a bootstrap is planned from on the page.
    pub(super) fn bootstrap(&self, config: &ScoreboardConfig) -> BootstrapFiles {
        let file = config.manifest.display().to_string();
        let manifest = match fs::read_to_string(&config.manifest) {
            Ok(text) => ConfiguredFile { file, text: Some(text), missing: None },
            Err(error) => {
                let missing = Some(format!("{file} cannot be read: {error}"));
                ConfiguredFile { file, text: None, missing }
            }
        };
        BootstrapFiles { manifest, adapters: self.adapters_file.clone() }
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
