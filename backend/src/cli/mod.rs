//! The command line, one subcommand a file. Exit codes: 0 done, 1 failed, 2 called wrongly.

mod archive;
mod bootstrap;
mod completions;
mod config;
mod doctor;
mod evaluate;
mod export;
mod generated;
mod ledger;
mod man;
mod monitor;
mod openapi;
mod orchestrator;
mod plans;
mod schema;
mod scoreboard;
mod serve;
mod verify;

use std::path::PathBuf;
use std::process::ExitCode;

use anyhow::{Context, Result};
use clap::{Args, Parser, Subcommand};

use crate::config::{Config, Environment, Override};
use crate::telemetry;

/// What holds for every command.
const HABITS: &str = "\
Exit codes: 0 done, 1 failed or something does not hold, 2 called wrongly.
Results go to stdout; progress, logs and complaints to stderr. NO_COLOR switches colours off, RUST_LOG chooses what is logged.
Settings are read from the file named by --config, from .env in the current folder, and from the environment.

Example:
  phase8 serve --devnet";

/// Mission Control: launch missions, watch them, hold the levers.
#[derive(Debug, Parser)]
#[command(name = "phase8", version, arg_required_else_help = true, after_help = HABITS)]
pub struct Arguments {
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, Subcommand)]
enum Command {
    /// Serve the page and the API.
    #[command(after_help = serve::EXAMPLES)]
    Serve(serve::Serve),
    /// The orchestrator on its own.
    #[command(after_help = orchestrator::EXAMPLES)]
    Orchestrator(orchestrator::Orchestrator),
    /// Bring the chain to what a manifest says, and write every document of it.
    #[command(after_help = bootstrap::EXAMPLES)]
    Bootstrap(Box<bootstrap::Bootstrap>),
    /// Take away what the chain has and the manifest does not; it asks first.
    #[command(after_help = bootstrap::teardown::EXAMPLES)]
    Teardown(Box<bootstrap::teardown::Teardown>),
    /// Write the owner's directives as a plan, in JSON, Markdown and Mermaid.
    #[command(after_help = plans::DIRECTIVES)]
    Directives(plans::Directives),
    /// Write the contract extensions as a plan, in JSON, Markdown and Mermaid.
    #[command(after_help = plans::EXTENSIONS)]
    Extensions(plans::Extensions),
    /// Look at everything that a mission needs, and say what to do about what is missing.
    #[command(after_help = doctor::EXAMPLES)]
    Doctor(doctor::Doctor),
    /// Ledgers as logs that anybody can check.
    #[command(after_help = ledger::EXAMPLES)]
    Ledger(ledger::LedgerCommand),
    /// Follow a mission in the terminal, and keep its ledger as a file.
    #[command(after_help = monitor::EXAMPLES)]
    Monitor(monitor::Monitor),
    /// Write a mission as one file that anybody can check.
    #[command(after_help = export::EXAMPLES)]
    Export(export::Export),
    /// Archive a mission: its export, a CAR under its IPFS name, and the documents for guardians.
    #[command(after_help = archive::EXAMPLES)]
    Archive(archive::Archive),
    /// Score the model adapters, by the original's formula and by what missions measured.
    #[command(after_help = evaluate::EXAMPLES)]
    Evaluate(evaluate::Evaluate),
    /// The configuration.
    #[command(after_help = config::EXAMPLES)]
    Config(config::ConfigCommand),
    /// Write the description of the API.
    #[command(after_help = openapi::EXAMPLES)]
    Openapi(openapi::Openapi),
    /// Write the JSON schemas of the configuration and of the file formats.
    #[command(after_help = schema::EXAMPLES)]
    Schema(schema::Schema),
    /// Measure a manifest: its dominance score against the guardrail, with everything behind it.
    #[command(after_help = scoreboard::EXAMPLES)]
    Scoreboard(scoreboard::ScoreboardCommand),
    /// Check an exported mission or an evidence file offline, the missions in a folder or a database, or a served page.
    #[command(after_help = verify::EXAMPLES)]
    Verify(Box<verify::Verify>),
    /// Print the completions for a shell.
    #[command(after_help = completions::EXAMPLES)]
    Completions(completions::Completions),
    /// Print the manual page, or write one for each command.
    #[command(after_help = man::EXAMPLES)]
    Man(man::Manual),
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
        Ok(Config::load(self.config.as_deref(), &environment()?, flags)?)
    }

    /// The same for a command that serves nothing.
    fn load_for_command(&self, flags: Vec<Override>) -> Result<Config> {
        Ok(Config::load_for_command(self.config.as_deref(), &environment()?, flags)?)
    }
}

/// What `.env` in the current folder and the process's environment say.
fn environment() -> Result<Environment> {
    let here = std::env::current_dir().context("the current folder cannot be found")?;
    Environment::read(&here).context("the file .env cannot be read")
}

impl Arguments {
    /// Does what was asked for; what goes wrong is told in words on stderr.
    pub fn run(self) -> ExitCode {
        let outcome = match self.command {
            Command::Serve(command) => command.run(),
            Command::Orchestrator(command) => command.run(),
            Command::Bootstrap(command) => command.run(),
            Command::Teardown(command) => command.run(),
            Command::Directives(command) => command.run(),
            Command::Extensions(command) => command.run(),
            Command::Doctor(command) => command.run(),
            Command::Ledger(command) => command.run(),
            Command::Monitor(command) => command.run(),
            Command::Export(command) => command.run(),
            Command::Archive(command) => command.run(),
            Command::Evaluate(command) => command.run(),
            Command::Config(command) => command.run(),
            Command::Openapi(command) => command.run(),
            Command::Schema(command) => command.run(),
            Command::Scoreboard(command) => command.run(),
            Command::Verify(command) => command.run(),
            Command::Completions(command) => command.run(),
            Command::Man(command) => command.run(),
        };
        match outcome {
            Ok(()) => ExitCode::SUCCESS,
            Err(error) => {
                telemetry::complain(&format!("phase8: {}", in_words(&error)));
                error
                    .downcast_ref()
                    .map_or(ExitCode::FAILURE, |stopped: &Stopped| stopped.code.into())
            }
        }
    }
}

/// A command that ends with an exit code of its own.
#[derive(Debug, thiserror::Error)]
#[error("{words}")]
struct Stopped {
    code: u8,
    words: String,
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

/// A runtime for commands that do one thing after the other: it starts no threads.
fn block_on_one<F: Future<Output = Result<()>>>(work: F) -> Result<()> {
    tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()
        .context("the program's runtime cannot be started")?
        .block_on(work)
}

#[cfg(test)]
mod tests {
    use clap::{Command, CommandFactory};

    use super::*;

    /// Every command that does something, with its name in full.
    fn leaves(command: &Command, path: &str, help: &str, found: &mut Vec<(String, String)>) {
        let name = format!("{path} {}", command.get_name()).trim().to_owned();
        let own = command.get_after_help().map_or_else(|| help.to_owned(), ToString::to_string);
        if command.get_subcommands().next().is_none() {
            found.push((name.clone(), own.clone()));
        }
        for below in command.get_subcommands() {
            leaves(below, &name, &own, found);
        }
    }

    fn commands() -> Vec<(String, String)> {
        let mut found = Vec::new();
        leaves(&Arguments::command(), "", "", &mut found);
        found
    }

    #[test]
    fn every_command_shows_an_example_of_itself() {
        for (name, help) in commands() {
            assert!(help.contains(&format!("  {name}")), "`{name}` has no example in {help:?}");
        }
    }

    #[test]
    fn every_example_can_be_typed_as_it_stands() {
        let mut typed = 0;
        for (name, help) in commands() {
            for line in help.lines().filter_map(|line| line.strip_prefix("  phase8")) {
                // What the shell does with the output is the shell's.
                let own = line.split(['|', '>']).next().unwrap_or_default();
                let words = std::iter::once("phase8").chain(own.split_whitespace());
                let parsed = Arguments::try_parse_from(words);
                assert!(parsed.is_ok(), "{name}: phase8{line}: {:?}", parsed.err());
                typed += 1;
            }
        }
        assert!(typed > 20, "only {typed} examples were tried");
    }

    #[test]
    fn an_unknown_word_is_refused_with_the_nearest_known_one() {
        for (typed, nearest) in [
            (vec!["phase8", "sevre"], "serve"),
            (vec!["phase8", "serve", "--prot", "1"], "--port"),
            (vec!["phase8", "doctor", "--jsno"], "--json"),
            (vec!["phase8", "completions", "bahs"], "bash"),
        ] {
            let error = Arguments::try_parse_from(&typed).unwrap_err();

            assert_eq!(error.exit_code(), 2, "{typed:?}");
            assert!(error.to_string().contains(nearest), "{typed:?}: {error}");
        }
    }

    #[test]
    fn completions_and_manual_know_every_command() {
        let mut completions = Vec::new();
        clap_complete::generate(
            clap_complete::Shell::Bash,
            &mut Arguments::command(),
            "phase8",
            &mut completions,
        );
        let folder = tempfile::tempdir().unwrap();
        clap_mangen::generate_to(Arguments::command(), folder.path()).unwrap();

        let completions = String::from_utf8(completions).unwrap();
        for (name, _) in commands() {
            let page = folder.path().join(format!("{}.1", name.replace(' ', "-")));
            assert!(page.is_file(), "no manual page for `{name}`");
            let last = name.rsplit(' ').next().unwrap();
            assert!(completions.contains(last), "no completion for `{name}`");
        }
    }
}
