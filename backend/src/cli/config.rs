//! `phase8 config check`: whether the configuration holds, and what it comes to.

use anyhow::{Context, Result};
use clap::{Args, Subcommand};

use super::ConfigSource;
use crate::telemetry;

pub(super) const EXAMPLES: &str = "\
Examples:
  phase8 config check
  phase8 config check --config mission-control.toml";

/// The configuration.
#[derive(Debug, Args)]
pub(super) struct ConfigCommand {
    #[command(subcommand)]
    action: Action,
}

#[derive(Debug, Subcommand)]
enum Action {
    /// Check all layers and print what they come to, secrets left out.
    Check(ConfigSource),
}

impl ConfigCommand {
    pub(super) fn run(self) -> Result<()> {
        let Action::Check(source) = self.action;
        let config = source.load(Vec::new())?;
        let text =
            serde_json::to_string_pretty(&config).context("the configuration cannot be shown")?;
        telemetry::say(&text);
        Ok(())
    }
}
