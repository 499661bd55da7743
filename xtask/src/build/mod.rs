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
        command.args(["build", "--package", "phase8-backend", "--bin", "phase8"]);
        process::run(step, &mut command, &kit.workspace().log("server"))
    })
}

/// Builds the page, unless nothing that it is made of has changed.
pub(crate) fn page(kit: &Kit) -> Result<()> {
    page::build(kit)
}
