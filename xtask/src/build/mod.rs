//! Building: the server by cargo, the page by Trunk.

mod page;

use anyhow::Result;

pub(crate) use crate::build::page::DIST;
use crate::setup::Kit;
use crate::{process, progress};

/// Builds the server and the page.
pub(crate) fn everything(kit: &Kit) -> Result<()> {
    server(kit)?;
    page(kit)
}

/// Builds the program `phase8`.
pub(crate) fn server(kit: &Kit) -> Result<()> {
    progress::step("server", |step| {
        let mut command = kit.command("cargo");
        // The whole workspace decides on features here as it does for the tests, so that both share what is compiled.
        command.args(["build", "--workspace", "--bin", "phase8"]);
        process::run(step, &mut command, &kit.workspace().log("server"))
    })
}

/// Builds the program `phase8` together with the tests, so that nothing is compiled once for each.
pub(crate) fn server_and_tests(kit: &Kit, scope: &[&str]) -> Result<()> {
    progress::step("server and tests compiled", |step| {
        let mut command = kit.command("cargo");
        command.args(["build", "--locked", "--bins", "--tests"]).args(scope);
        process::run(step, &mut command, &kit.workspace().log("server-and-tests"))
    })
}

/// Builds the page, unless nothing that it is made of has changed.
pub(crate) fn page(kit: &Kit) -> Result<()> {
    page::build(kit)
}
