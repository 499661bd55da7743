//! The files that the server reads at its start.

use std::fs;
use std::path::Path;

use anyhow::{Context, Result, bail};
use phase8_shared::api::PolicyView;
use phase8_shared::findings::Loaded;
use phase8_shared::policy::{GovernancePolicies, ModelAdapter, read_adapters, read_policies};
use tracing::warn;

use crate::chain::Founding;
use crate::config::FilesConfig;

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
