//! `phase8 ledger key`: the public key that checkpoints are signed with, to be published where guardians find it.

use std::path::PathBuf;

use anyhow::{Context, Result};
use clap::{Args, Subcommand};

use super::ConfigSource;
use crate::ledger::{configured_key, create_key};
use crate::telemetry;

pub(super) const EXAMPLES: &str = "\
Examples:
  phase8 ledger key
  phase8 ledger key --new ledger.key";

/// Ledgers as logs that anybody can check.
#[derive(Debug, Args)]
pub(super) struct LedgerCommand {
    #[command(subcommand)]
    action: Action,
}

#[derive(Debug, Subcommand)]
enum Action {
    /// Print the public key (a C2SP vkey) that checkpoints are signed with; the first call makes it.
    Key(Key),
}

#[derive(Debug, Args)]
struct Key {
    /// Make a new key in this file, for `ledger.key_file`. A file that is there is never overwritten.
    #[arg(long, value_name = "FILE")]
    new: Option<PathBuf>,
    /// Folder of missions.
    #[arg(long, value_name = "DIR", conflicts_with = "new")]
    data: Option<PathBuf>,
    #[command(flatten)]
    source: ConfigSource,
}

impl LedgerCommand {
    pub(super) fn run(self) -> Result<()> {
        let Action::Key(Key { new, data, source }) = self.action;
        let data = data.map(|data| ("storage.data", data.to_string_lossy().into_owned().into()));
        let config = source.load(data.into_iter().collect())?;
        let origin = config.ledger.name().context("ledger.origin cannot be used")?;
        let key = match &new {
            Some(file) => create_key(file, &origin)?,
            None => configured_key(&config)?,
        };
        telemetry::say(&key.verifier(origin).to_string());
        Ok(())
    }
}
