//! `phase8 bootstrap`: brings the chain to what a manifest says, and leaves every document of it behind.

mod carry_out;
pub(super) mod teardown;

use std::path::PathBuf;
use std::sync::Arc;

use alloy::primitives::Address;
use anyhow::{Context, Result};
use clap::Args;
use figment::value::Value;
use indicatif::{ProgressBar, ProgressDrawTarget};
use phase8_orchestrator::ports::{Clock, SystemClock};
use phase8_shared::format::counted;
use serde_json::json;

use self::carry_out::{CarryOut, Outcome};
use super::{ConfigSource, Stopped, block_on_one, in_words};
use crate::bootstrap::simulate::Simulation;
use crate::bootstrap::{BootstrapError, Contact, Prepared, folder, prepare};
use crate::config::{Config, Override};
use crate::relay::Now;
use crate::telemetry;

pub(super) const EXAMPLES: &str = "\
Examples:
  phase8 bootstrap
  phase8 bootstrap --manifest configs/universal.value.manifest.json --output output
  phase8 bootstrap --offline --chain-id 1 --manager 0x77c7E3905c21177Be97956c6620567596492C497 --json
  phase8 bootstrap --execute -y --keystore owner.json --password-file owner.password
  phase8 bootstrap --execute --via safe
  phase8 bootstrap --execute --via cast > plan.sh

Without --execute nothing is sent: the plan is printed and its documents are written. Where a chain is known (RPC_URL, or the
development chain of `phase8 serve`), only what differs from it is planned, and the whole plan is tried out. With --execute
the plan is sent, one transaction after the other, and put down in phase8-bootstrap-history.jsonl beside the documents. After
an interruption the same command goes on: what was under way is looked for, the rest is planned anew.

Exit codes: 0 done, 1 failed (a file or folder, the endpoint's address, a key), 2 called wrongly, 3 a file is refused, with
every field and rule, 4 the chain would refuse the plan or is not what was expected, 5 stopped under way: run it again.";

/// A file is refused.
const REFUSED: u8 = 3;
/// The chain is not what was expected.
const CHAIN: u8 = 4;
/// Some of the plan was sent.
const STOPPED: u8 = 5;

/// Bring the chain to what a manifest says: plan only what differs, try it out, write every document, and send it if asked to.
#[derive(Debug, Args)]
pub(super) struct Bootstrap {
    /// The manifest.
    #[arg(long, value_name = "FILE", default_value = "configs/universal.value.manifest.json")]
    manifest: PathBuf,
    /// Ask no endpoint: plan everything that the manifest asks for.
    #[arg(long, conflicts_with = "execute")]
    offline: bool,
    /// Send the plan.
    #[arg(long)]
    execute: bool,
    #[command(flatten)]
    about: About,
    #[command(flatten)]
    carry_out: CarryOut,
}

/// Where a plan is about, and how it is told.
#[derive(Debug, Args)]
struct About {
    /// Folder of the documents and of the history; all documents are written, or none.
    #[arg(long, value_name = "DIR", default_value = "output")]
    output: PathBuf,
    /// The chain id that the endpoint must have; also `PHASE8_CHAIN_ID`.
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u64).range(1..))]
    chain_id: Option<u64>,
    /// The manager contract; also `PHASE8_MANAGER_ADDRESS`, else the manifest's.
    #[arg(long, value_name = "ADDRESS")]
    manager: Option<Address>,
    /// Print the plan, and what became of it, as one JSON object.
    #[arg(long)]
    json: bool,
    #[command(flatten)]
    source: ConfigSource,
}

impl Bootstrap {
    pub(super) fn run(self) -> Result<()> {
        let config = self.about.config()?;
        block_on_one(self.go(&config)).map_err(|error| self.about.told(error))
    }

    async fn go(&self, config: &Config) -> Result<()> {
        let (progress, now) = (progress(), clock());
        progress.set_message("reading, planning and trying out");
        let contact = match (self.offline, self.execute) {
            (true, _) => Contact::Never,
            (false, true) => Contact::Needed,
            (false, false) => Contact::WhereKnown,
        };
        let settled = match contact {
            Contact::Needed => self.carry_out.settle(config, &self.about.output, &now).await?,
            Contact::WhereKnown | Contact::Never => None,
        };
        let prepared = prepare(config, &self.manifest, contact, &now).await?;
        progress.set_message("writing the documents");
        let written = folder::write(&self.about.output, &prepared.artifacts)?;
        progress.finish_and_clear();
        let mut outcome = Outcome::planned(settled);
        let sent = if self.execute {
            self.about.show(&prepared, &written, self.carry_out.voice());
            match would_pass(&prepared) {
                Ok(()) => {
                    self.carry_out.go(config, &self.about, &prepared, &mut outcome, &now).await
                }
                refused => refused,
            }
        } else {
            self.about.show(&prepared, &written, telemetry::say);
            would_pass(&prepared)
        };
        self.about.conclude(&prepared, &written, &outcome)?;
        sent
    }
}

impl About {
    fn config(&self) -> Result<Config> {
        let mut flags: Vec<Override> = Vec::new();
        flags.extend(self.chain_id.map(|id| ("chain.expected_chain_id", Value::from(id))));
        let manager = self.manager.map(|manager| Value::from(manager.to_string()));
        flags.extend(manager.map(|manager| ("chain.expected_manager", manager)));
        self.source.load_for_command(flags)
    }

    /// The plan for people, told by a voice.
    fn show(&self, prepared: &Prepared, written: &[PathBuf], voice: fn(&str)) {
        if self.json {
            return;
        }
        voice(prepared.in_words().trim_end());
        if !written.is_empty() {
            let count = counted(written.len(), "document");
            voice(&format!("{count} in {}", self.output.display()));
        }
    }

    /// The plan and what became of it for programs.
    fn conclude(&self, prepared: &Prepared, written: &[PathBuf], outcome: &Outcome) -> Result<()> {
        if !self.json {
            return Ok(());
        }
        let mut plan = prepared.as_json(&self.output, written);
        if let Some(plan) = plan.as_object_mut() {
            outcome.add_to(plan);
        }
        let text =
            serde_json::to_string_pretty(&plan).context("the plan cannot be written as JSON")?;
        telemetry::say(&text);
        Ok(())
    }

    /// What is refused is told to programs too, and has an exit code of its own.
    fn told(&self, error: anyhow::Error) -> anyhow::Error {
        let Some(refused) = error.downcast_ref::<BootstrapError>() else { return error };
        if self.json {
            let told = json!({ "refused": in_words(&error), "findings": refused.findings() });
            telemetry::say(&told.to_string());
        }
        let code = code(refused);
        if code == 1 { error } else { Stopped { code, words: in_words(&error) }.into() }
    }
}

/// A plan that the chain would refuse is written down for looking at, and is no success.
fn would_pass(prepared: &Prepared) -> Result<()> {
    match &prepared.simulation {
        Some(simulation @ Simulation::Refused { .. }) => {
            let words = format!("nothing was sent: {}", prepared.tried(simulation));
            Err(Stopped { code: CHAIN, words }.into())
        }
        Some(Simulation::Succeeds { .. } | Simulation::Unavailable { .. }) | None => Ok(()),
    }
}

const fn code(error: &BootstrapError) -> u8 {
    match error {
        BootstrapError::Refused { .. }
        | BootstrapError::WouldBeRefused(_)
        | BootstrapError::NoCode { .. } => REFUSED,
        BootstrapError::NoManager { .. }
        | BootstrapError::NotAManager { .. }
        | BootstrapError::NotOwner { .. }
        | BootstrapError::PauseGuardianNotOwner { .. }
        | BootstrapError::Quorum(_)
        | BootstrapError::Chain(_)
        | BootstrapError::Deployment(_)
        | BootstrapError::Roster(_) => CHAIN,
        BootstrapError::Unreadable { .. }
        | BootstrapError::WhichManager
        | BootstrapError::NoChain
        | BootstrapError::Connect(_)
        | BootstrapError::Folder(_) => 1,
    }
}

/// A line on stderr for whoever watches; what is no terminal gets none.
fn progress() -> ProgressBar {
    let bar = ProgressBar::new_spinner();
    bar.set_draw_target(ProgressDrawTarget::stderr());
    bar
}

/// The machine's clock.
fn clock() -> Now {
    Arc::new(|| SystemClock.now())
}
