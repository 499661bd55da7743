//! `phase8 teardown`: takes away what the chain has and a manifest does not, after a person said yes.

use std::path::PathBuf;

use anyhow::Result;
use clap::Args;

use super::carry_out::{CarryOut, Outcome};
use super::{About, clock, would_pass};
use crate::bootstrap::{folder, prepare_teardown};
use crate::cli::block_on_one;
use crate::config::Config;

pub(in crate::cli) const EXAMPLES: &str = "\
Examples:
  phase8 teardown --dry-run
  phase8 teardown --manifest configs/universal.value.manifest.json
  phase8 teardown --everything -y --key-file owner.key

Streams and sentinels go before the domains that they are bound to. What is sent is put down in
phase8-bootstrap-history.jsonl in the folder --output.

Exit codes: as those of `phase8 bootstrap`.";

/// Take away what the chain has and the manifest does not; it asks first.
#[derive(Debug, Args)]
pub(in crate::cli) struct Teardown {
    /// The manifest whose entries stay.
    #[arg(long, value_name = "FILE", default_value = "configs/universal.value.manifest.json")]
    manifest: PathBuf,
    /// Take every entry away, whatever a manifest says.
    #[arg(long, conflicts_with = "manifest")]
    everything: bool,
    /// Print what would be taken away, and send nothing.
    #[arg(long)]
    dry_run: bool,
    #[command(flatten)]
    about: About,
    #[command(flatten)]
    carry_out: CarryOut,
}

impl Teardown {
    pub(in crate::cli) fn run(self) -> Result<()> {
        let config = self.about.config()?;
        block_on_one(self.go(&config)).map_err(|error| self.about.told(error))
    }

    async fn go(&self, config: &Config) -> Result<()> {
        let now = clock();
        let settled = if self.dry_run {
            None
        } else {
            self.carry_out.settle(config, &self.about.output, &now).await?
        };
        let keep = (!self.everything).then_some(self.manifest.as_path());
        let prepared = prepare_teardown(config, keep, &now).await?;
        let mut outcome = Outcome::planned(settled);
        let written = if self.carry_out.is_for_a_safe() && !self.dry_run {
            folder::write(&self.about.output, &prepared.artifacts)?
        } else {
            Vec::new()
        };
        self.about.show(&prepared, &written, self.carry_out.voice());
        let sent = match would_pass(&prepared) {
            Ok(()) if !self.dry_run => {
                self.carry_out.go(config, &self.about, &prepared, &mut outcome, &now).await
            }
            passed => passed,
        };
        self.about.conclude(&prepared, &written, &outcome)?;
        sent
    }
}
