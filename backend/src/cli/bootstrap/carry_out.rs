//! Carrying a plan out: with the owner's key, by way of a running server, or by handing it to a Safe or to `cast`.

use std::io::{BufRead as _, IsTerminal as _, stderr, stdin};
use std::path::{Path, PathBuf};

use alloy::primitives::Address;
use anyhow::{Context, Result, bail};
use clap::{Args, ValueEnum};
use indicatif::{ProgressBar, ProgressDrawTarget, ProgressStyle};
use phase8_shared::chain::exit::CastLine;
use phase8_shared::format::counted;
use serde_json::{Map, Value, json};

use super::{About, CHAIN, STOPPED, Stopped};
use crate::bootstrap::carry::{Carrier, CarryError};
use crate::bootstrap::history::{Entry, History};
use crate::bootstrap::keys::{OwnerKey, OwnerKeyError};
use crate::bootstrap::scene::{Chain, Named, Scene, endpoint};
use crate::bootstrap::send::{SendError, Sender, settle};
use crate::bootstrap::simulate::Simulation;
use crate::bootstrap::{Basis, Prepared, Step};
use crate::config::{Config, Secret};
use crate::relay::Now;
use crate::session::Bearer;
use crate::telemetry;

/// Ends the name of the batch for a Safe.
const SAFE_BATCH: &str = "safe-transaction-batch.json";

/// Who sends, and with what.
#[derive(Debug, Args)]
pub(super) struct CarryOut {
    /// Do not ask before sending.
    #[arg(long, short = 'y')]
    yes: bool,
    /// How the plan reaches the chain.
    #[arg(long, value_enum, default_value_t = Via::Key, value_name = "WAY")]
    via: Via,
    /// The owner's keystore (Web3 Secret Storage, as `cast wallet` and geth write it).
    #[arg(long, value_name = "FILE", conflicts_with = "key_file")]
    keystore: Option<PathBuf>,
    /// File with the keystore's password; without it the terminal is asked.
    #[arg(long, value_name = "FILE", requires = "keystore")]
    password_file: Option<PathBuf>,
    /// File with the owner's key in hex, readable for its owner alone.
    #[arg(long, value_name = "FILE")]
    key_file: Option<PathBuf>,
    /// Address of the Mission Control that relays; the configured one on this machine if left out.
    #[arg(long, value_name = "URL")]
    url: Option<String>,
}

/// How a plan reaches the chain.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
enum Via {
    /// Transactions of the owner's wallet, signed with the key that is named.
    Key,
    /// Requests that the owner's key signs, and a running Mission Control pays the gas for.
    Relay,
    /// The batch among the documents, for Safe's Transaction Builder; nothing is sent.
    Safe,
    /// Lines of `cast send` on stdout; nothing is sent.
    Cast,
}

/// What became of a plan.
#[derive(Debug, Default)]
pub(super) struct Outcome {
    /// What was under way since an earlier run.
    settled: Option<Entry>,
    sent: Vec<Entry>,
    lines: Vec<String>,
}

impl Outcome {
    pub(super) fn planned(settled: Option<Entry>) -> Self {
        Self { settled, ..Self::default() }
    }

    pub(super) fn add_to(&self, plan: &mut Map<String, Value>) {
        plan.insert("settled".to_owned(), json!(self.settled));
        plan.insert("sent".to_owned(), json!(self.sent));
        plan.insert("cast".to_owned(), json!(self.lines));
    }
}

impl CarryOut {
    /// Where the plan is told: stdout may be for the lines of a shell.
    pub(super) fn voice(&self) -> fn(&str) {
        if self.via == Via::Cast { telemetry::complain } else { telemetry::say }
    }

    /// Whether a Safe is handed the plan.
    pub(super) fn is_for_a_safe(&self) -> bool {
        self.via == Via::Safe
    }

    /// Looks for what an earlier run left under way, before anything is planned.
    pub(super) async fn settle(
        &self,
        config: &Config,
        output: &Path,
        now: &Now,
    ) -> Result<Option<Entry>> {
        let history = History::open(output)?;
        if history.pending()?.is_none() {
            return Ok(None);
        }
        let (Named::Configured(url) | Named::Devnet(url)) = endpoint(config) else {
            return Ok(None);
        };
        let chain = Chain::reach(&url, config, now.clone()).await?;
        let settled = settle(&chain.rpc, chain.chain_id, &history, now).await.map_err(stopped)?;
        if let Some(entry) = &settled {
            let slug = entry.slug.as_deref().unwrap_or_default();
            telemetry::complain(&format!(
                "{} {slug} was under way and is in block {}",
                entry.label, entry.block_number
            ));
        }
        Ok(settled)
    }

    /// Carries a plan out.
    pub(super) async fn go(
        &self,
        config: &Config,
        about: &About,
        prepared: &Prepared,
        outcome: &mut Outcome,
        now: &Now,
    ) -> Result<()> {
        let Basis::Chain(found) = &prepared.basis else { bail!("a plan is sent to a chain alone") };
        let (chain, scene) = found.as_ref();
        if prepared.steps.is_empty() {
            return Ok(());
        }
        match self.via {
            Via::Safe => {
                let mut names = prepared.artifacts.iter().map(|artifact| artifact.name);
                let batch = names.find(|name| name.ends_with(SAFE_BATCH));
                telemetry::complain(&format!(
                    "nothing was sent: load {} into the Transaction Builder of the Safe {}",
                    about.output.join(batch.unwrap_or_default()).display(),
                    scene.owner
                ));
                return Ok(());
            }
            Via::Cast => {
                outcome.lines = lines(prepared, scene.owner);
                if !about.json {
                    telemetry::say(CastLine::KEYS);
                    outcome.lines.iter().for_each(|line| telemetry::say(line));
                }
                return Ok(());
            }
            Via::Key | Via::Relay => {}
        }
        if let Some(Simulation::Unavailable { why }) = &prepared.simulation {
            let words = format!(
                "nothing was sent, because the plan could not be tried out: {why}. Try another endpoint, or hand it to a Safe with --via safe"
            );
            return Err(Stopped { code: CHAIN, words }.into());
        }
        let key = self.key(prepared.chain_id, scene)?;
        self.agreed(prepared, &key)?;
        let history = History::open(&about.output)?;
        let bar = bar(prepared.steps.len());
        for step in &prepared.steps {
            bar.set_message(step.order.to_string());
            let entry = match self.via {
                Via::Relay => self.carry(config, step, &key, &history, now).await?,
                Via::Key | Via::Safe | Via::Cast => {
                    let sender = Sender {
                        rpc: &chain.rpc,
                        chain_id: prepared.chain_id,
                        key: &key,
                        history: &history,
                    };
                    sender.send(step, now).await.map_err(stopped)?
                }
            };
            bar.inc(1);
            if !about.json {
                let line = format!("  sent {} in block {}", step.order, entry.block_number);
                bar.suspend(|| telemetry::say(&line));
            }
            outcome.sent.push(entry);
        }
        bar.finish_and_clear();
        Ok(())
    }

    async fn carry(
        &self,
        config: &Config,
        step: &Step,
        key: &OwnerKey,
        history: &History,
        now: &Now,
    ) -> Result<Entry> {
        let base = self.url.clone();
        let base = base.unwrap_or_else(|| format!("http://{}", config.http.address()));
        let bearer = Bearer::for_server(&base, &config.storage.data)?;
        let entry =
            Carrier::new(&base, &bearer)?.carry(step, key, now).await.map_err(
                |error| match error {
                    CarryError::NoDoor(_) | CarryError::Key(_) => anyhow::Error::from(error),
                    CarryError::Silent { .. }
                    | CarryError::Refused { .. }
                    | CarryError::Ended { .. }
                    | CarryError::Late { .. } => {
                        Stopped { code: STOPPED, words: super::in_words(&error.into()) }.into()
                    }
                },
            )?;
        history.add(&entry)?;
        Ok(entry)
    }

    /// The key that is named, if it is the owner's.
    fn key(&self, chain_id: u64, scene: &Scene) -> Result<OwnerKey> {
        let key = match (&self.keystore, &self.key_file) {
            (Some(file), _) => OwnerKey::from_keystore(file, &self.password(file)?)?,
            (None, Some(file)) => OwnerKey::from_file(file)?,
            (None, None) => {
                OwnerKey::of_development_chain(chain_id, scene.owner).ok_or(OwnerKeyError::None)?
            }
        };
        key.of(scene.owner).map_err(|error| {
            let words = format!("nothing was sent: {error}");
            Stopped { code: CHAIN, words }.into()
        })
    }

    fn password(&self, keystore: &Path) -> Result<Secret> {
        if let Some(file) = &self.password_file {
            let text = std::fs::read_to_string(file)
                .with_context(|| format!("{} cannot be read", file.display()))?;
            return Ok(Secret::new(text.trim_end_matches(['\r', '\n']).to_owned()));
        }
        if !stderr().is_terminal() {
            bail!(
                "say --password-file FILE: there is no terminal to ask for the password of {}",
                keystore.display()
            );
        }
        telemetry::complain(&format!("Password of {}:", keystore.display()));
        let word = console::Term::stderr().read_secure_line();
        word.map(Secret::new).context("the password cannot be read from the terminal")
    }

    /// A person says yes, here or on the command line.
    fn agreed(&self, prepared: &Prepared, key: &OwnerKey) -> Result<()> {
        if self.yes {
            return Ok(());
        }
        let calls = counted(prepared.steps.len(), "transaction");
        if !stdin().is_terminal() {
            bail!("nothing was sent: {calls} wait for a yes; say -y, or answer in a terminal");
        }
        telemetry::complain(&format!(
            "Send {calls} from {} on chain {}? Type yes:",
            key.address(),
            prepared.chain_id
        ));
        let mut answer = String::new();
        stdin().lock().read_line(&mut answer).context("the answer cannot be read")?;
        if answer.trim() == "yes" { Ok(()) } else { bail!("nothing was sent") }
    }
}

/// A plan that was stopped is taken up again by the same command.
fn stopped(error: SendError) -> anyhow::Error {
    match error {
        SendError::Key(_) | SendError::History(_) => error.into(),
        SendError::NotIncluded { .. }
        | SendError::Reverted { .. }
        | SendError::Refused { .. }
        | SendError::CannotPay { .. }
        | SendError::Foreign(_)
        | SendError::Elsewhere { .. }
        | SendError::Chain(_) => {
            Stopped { code: STOPPED, words: super::in_words(&error.into()) }.into()
        }
    }
}

/// A line of `cast send` for each step.
fn lines(prepared: &Prepared, owner: Address) -> Vec<String> {
    let line = |step: &Step| match &step.intent {
        Some(intent) => CastLine::new(intent, owner).to_string(),
        None => format!(
            "cast send {} {} --chain {} --from {owner} --rpc-url \"$ETH_RPC_URL\"",
            step.call.to, step.call.data, prepared.chain_id
        ),
    };
    prepared.steps.iter().map(line).collect()
}

fn bar(steps: usize) -> ProgressBar {
    let bar =
        ProgressBar::with_draw_target(u64::try_from(steps).ok(), ProgressDrawTarget::stderr());
    if let Ok(style) = ProgressStyle::with_template("{bar:24} {pos}/{len} {msg}") {
        bar.set_style(style);
    }
    bar
}
