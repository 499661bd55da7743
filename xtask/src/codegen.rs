//! `cargo xtask codegen`: everything in the checkout that is generated from something else in it.

use anyhow::{Result, bail};

use crate::args::CodegenMode;
use crate::setup::{self, Kit, Need};
use crate::workspace::Workspace;
use crate::{build, process, progress};

/// One generator; each takes `--check` and then compares where it would otherwise write.
struct Generator {
    name: &'static str,
    by: Writer,
    args: &'static [&'static str],
}

/// Who writes.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Writer {
    /// A script of the contracts, run by Node.js after the contracts were compiled.
    Contracts,
    /// A subcommand of the server.
    Server,
}

const GENERATORS: [Generator; 3] = [
    Generator {
        name: "contract artifacts",
        by: Writer::Contracts,
        args: &["contracts/scripts/artifacts.mjs"],
    },
    Generator {
        name: "configuration schemas",
        by: Writer::Server,
        args: &["schema", "--out", "configs/schema"],
    },
    Generator {
        name: "API description",
        by: Writer::Server,
        args: &["openapi", "--out", "docs/openapi.json"],
    },
];

/// Sets up, then writes or checks everything.
pub(crate) fn run(workspace: &Workspace, mode: CodegenMode) -> Result<()> {
    let kit = setup::ensure(workspace, &[Need::Contracts])?;
    compile_contracts(&kit)?;
    contracts(&kit, mode)?;
    build::server(&kit)?;
    by_server(&kit, mode)
}

/// Compiles the contracts from source.
pub(crate) fn compile_contracts(kit: &Kit) -> Result<()> {
    progress::step("contracts compiled", |step| {
        let mut command = kit.command("forge");
        command.args(["build"]).current_dir(kit.workspace().at("contracts"));
        process::run(step, &mut command, &kit.workspace().log("forge-build"))
    })
}

/// Writes or checks what is generated from the contracts, which must have been compiled.
pub(crate) fn contracts(kit: &Kit, mode: CodegenMode) -> Result<()> {
    all_by(kit, Writer::Contracts, mode)
}

/// Writes or checks what the server, which must have been built, generates from its own types.
pub(crate) fn by_server(kit: &Kit, mode: CodegenMode) -> Result<()> {
    all_by(kit, Writer::Server, mode)
}

fn all_by(kit: &Kit, writer: Writer, mode: CodegenMode) -> Result<()> {
    for generator in GENERATORS.iter().filter(|generator| generator.by == writer) {
        generate(kit, generator, mode)?;
    }
    Ok(())
}

fn generate(kit: &Kit, generator: &Generator, mode: CodegenMode) -> Result<()> {
    let program = match generator.by {
        Writer::Contracts => "node".to_owned(),
        Writer::Server => kit.server().to_string_lossy().into_owned(),
    };
    let label = match mode {
        CodegenMode::Write => format!("{} written", generator.name),
        CodegenMode::Check => format!("{} up to date", generator.name),
    };
    progress::step(&label, |step| {
        let mut command = kit.command(&program);
        command.args(generator.args);
        if mode == CodegenMode::Check {
            command.arg("--check");
        }
        let log = kit.workspace().log(&format!("codegen-{}", generator.name.replace(' ', "-")));
        let Err(error) = process::run(step, &mut command, &log) else { return Ok(()) };
        match mode {
            CodegenMode::Write => Err(error),
            CodegenMode::Check => bail!(
                "the {} in the checkout are not what their source makes of them.\n  \
                 What to do: run `cargo xtask codegen` and commit what it writes\n{error}",
                generator.name
            ),
        }
    })
}
