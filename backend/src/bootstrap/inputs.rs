//! What a bootstrap reads before it asks any chain: the manifest, and the policies and adapters beside it.

use std::path::{Path, PathBuf};

use phase8_shared::chain::Contracts;
use phase8_shared::findings::{Findings, Level, Loaded};
use phase8_shared::manifest::{self, Manifest, Resolver};
use phase8_shared::policy::{GovernancePolicies, ModelAdapter, read_adapters, read_policies};

use super::BootstrapError;
use crate::config::FilesConfig;

/// What was read.
#[derive(Debug, Clone)]
pub struct Inputs {
    /// Where the manifest is.
    pub file: PathBuf,
    /// The manifest.
    pub manifest: Manifest,
    /// The governance policies, where their file is there.
    pub policies: Option<GovernancePolicies>,
    /// The model adapters, where their file is there.
    pub adapters: Vec<ModelAdapter>,
    /// What is worth knowing about the manifest.
    pub findings: Findings,
    /// What was left out, and why.
    pub remarks: Vec<String>,
}

impl Inputs {
    /// Reads everything. A manifest or another file with an error is refused with everything that was found.
    pub fn read(
        file: &Path,
        files: &FilesConfig,
        contracts: Option<&Contracts>,
    ) -> Result<Self, BootstrapError> {
        let mut remarks = Vec::new();
        let policies = beside(&files.policies, "governance policies", read_policies, &mut remarks)?;
        let adapters = beside(&files.adapters, "model adapters", read_adapters, &mut remarks)?;
        let text = std::fs::read_to_string(file)
            .map_err(|source| BootstrapError::Unreadable { file: file.to_owned(), source })?;
        let resolver = Resolver { policies: policies.as_ref(), contracts };
        match manifest::read(&text, resolver).into_result() {
            Ok((manifest, findings)) => Ok(Self {
                file: file.to_owned(),
                manifest,
                policies,
                adapters: adapters.unwrap_or_default(),
                findings,
                remarks,
            }),
            Err(findings) => Err(refused(file, findings)),
        }
    }
}

/// A file that a bootstrap can do without, unless it is there and wrong.
fn beside<T>(
    file: &Path,
    what: &str,
    read: impl FnOnce(&str) -> Loaded<T>,
    remarks: &mut Vec<String>,
) -> Result<Option<T>, BootstrapError> {
    let text = match std::fs::read_to_string(file) {
        Ok(text) => text,
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => {
            remarks.push(format!(
                "there are no {what} at {}: what they ask for is left out",
                file.display()
            ));
            return Ok(None);
        }
        Err(source) => return Err(BootstrapError::Unreadable { file: file.to_owned(), source }),
    };
    match read(&text).into_result() {
        Ok((value, _)) => Ok(Some(value)),
        Err(findings) => Err(refused(file, findings)),
    }
}

fn refused(file: &Path, findings: Findings) -> BootstrapError {
    let errors = findings.count(Level::Error);
    BootstrapError::Refused { file: file.to_owned(), errors, findings }
}
