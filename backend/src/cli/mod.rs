//! The command line, one subcommand a file. Exit codes: 0 done, 1 failed, 2 called wrongly.

mod config;
mod doctor;
mod export;
mod generated;
mod ledger;
mod openapi;
mod orchestrator;
mod schema;
mod serve;
mod verify;

use std::path::PathBuf;
use std::process::ExitCode;

use anyhow::{Context, Result};
use clap::{Args, Parser, Subcommand};

use crate::config::{Config, Environment, Override};
use crate::telemetry;

/// Mission Control: launch missions, watch them, hold the levers.
#[derive(Debug, Parser)]
#[command(name = "phase8", version, arg_required_else_help = true)]
pub struct Arguments {
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, Subcommand)]
enum Command {
    /// Serve the page and the API.
    Serve(serve::Serve),
    /// The orchestrator on its own.
    Orchestrator(orchestrator::Orchestrator),
    /// Look at everything that a mission needs, and say what to do about what is missing.
    Doctor(doctor::Doctor),
    /// Ledgers as logs that anybody can check.
    Ledger(ledger::LedgerCommand),
    /// Write a mission as one file that anybody can check.
    Export(export::Export),
    /// The configuration.
    Config(config::ConfigCommand),
    /// Write the description of the API.
    Openapi(openapi::Openapi),
    /// Write the JSON schemas of the configuration and of the file formats.
    Schema(schema::Schema),
    /// Check an exported mission or an evidence file offline, a folder of missions, or a page that is served somewhere.
    Verify(Box<verify::Verify>),
}

/// Where the configuration comes from.
#[derive(Debug, Clone, Args)]
struct ConfigSource {
    /// A TOML file with the keys that differ from the defaults.
    #[arg(long, value_name = "FILE")]
    config: Option<PathBuf>,
}

impl ConfigSource {
    /// All layers, flags last.
    fn load(&self, flags: Vec<Override>) -> Result<Config> {
        let here = std::env::current_dir().context("the current folder cannot be found")?;
        let environment = Environment::read(&here).context("the file .env cannot be read")?;
        Ok(Config::load(self.config.as_deref(), &environment, flags)?)
    }
}

impl Arguments {
    /// Does what was asked for; what goes wrong is told in words on stderr.
    pub fn run(self) -> ExitCode {
        let outcome = match self.command {
            Command::Serve(command) => command.run(),
            Command::Orchestrator(command) => command.run(),
            Command::Doctor(command) => command.run(),
            Command::Ledger(command) => command.run(),
            Command::Export(command) => command.run(),
            Command::Config(command) => command.run(),
            Command::Openapi(command) => command.run(),
            Command::Schema(command) => command.run(),
            Command::Verify(command) => command.run(),
        };
        match outcome {
            Ok(()) => ExitCode::SUCCESS,
            Err(error) => {
                telemetry::complain(&format!("phase8: {}", in_words(&error)));
                ExitCode::FAILURE
            }
        }
    }
}

/// The error and what is below it, each on a line of its own, without repeating what was said.
fn in_words(error: &anyhow::Error) -> String {
    let mut text = String::new();
    for cause in error.chain() {
        let words = cause.to_string();
        if text.is_empty() {
            text = words;
        } else if !text.contains(&words) {
            text.push_str("\n  because ");
            text.push_str(&words);
        }
    }
    text
}

/// A runtime for the commands that serve.
fn block_on<F: Future<Output = Result<()>>>(work: F) -> Result<()> {
    tokio::runtime::Builder::new_multi_thread()
        .enable_all()
        .build()
        .context("the threads that serve cannot be started")?
        .block_on(work)
}
