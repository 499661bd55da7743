//! `cargo xtask`: sets the machine up, builds, runs and checks Phase 8 Mission Control.

mod args;
mod bench;
mod build;
mod codegen;
mod fingerprint;
mod mutants;
mod process;
mod progress;
mod run;
mod setup;
mod size;
mod test;
mod tidy;
mod tools;
mod torture;
mod workspace;

use std::process::ExitCode;

use anyhow::Result;

use crate::args::Command;
use crate::setup::Need;
use crate::workspace::Workspace;

fn main() -> ExitCode {
    let outcome = Command::parse(std::env::args().skip(1)).and_then(obey);
    match outcome {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            progress::report(&error);
            ExitCode::FAILURE
        }
    }
}

fn obey(command: Command) -> Result<()> {
    let workspace = Workspace::locate()?;
    match command {
        Command::Help => {
            progress::say(args::USAGE);
            Ok(())
        }
        Command::Setup => setup::ensure(&workspace, &Need::ALL).map(drop),
        Command::Build => {
            let kit = setup::ensure(&workspace, &[Need::Page, Need::Contracts])?;
            build::everything(&kit)
        }
        Command::Run(request) => run::run(&workspace, &request),
        Command::Test(plan) => test::run(&workspace, &plan),
        Command::Tidy => tidy::run(&workspace),
        Command::Codegen(mode) => codegen::run(&workspace, mode),
        Command::Bench(goals) => bench::run(&workspace, &goals),
        Command::Torture(request) => torture::run(&workspace, request),
        Command::Mutants(plan) => mutants::run(&workspace, &plan),
        Command::Size => size::run(&workspace),
    }
}
