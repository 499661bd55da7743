//! Set-up: whatever a command needs is installed, once; when nothing is missing this takes no time.

mod apt;
mod cargo_tools;
mod debian_toolchain;
mod kit;
mod npm;
mod postgres;
mod wasm_target;

use std::fs::{self, File};

use anyhow::{Context, Error, Result, anyhow};

pub(crate) use crate::setup::kit::{Kit, find_chromium, forget_own_cargo, remove};
pub(crate) use crate::setup::postgres::Server as PostgresServer;
use crate::setup::wasm_target::Toolchain;
use crate::workspace::Workspace;
use crate::{progress, tools};

/// What a command cannot do without.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Need {
    /// Compiling and bundling the page.
    Page,
    /// Compiling contracts, and a development chain.
    Contracts,
    /// A browser for the journeys.
    Browser,
    /// Something to run the tests with.
    TestRunner,
    /// A database server that tests can start.
    Database,
    /// A clock that tests can set for one program.
    Clock,
    /// IPFS software that archives are compared with.
    Ipfs,
    /// What the benchmarks measure against.
    Peers,
}

impl Need {
    /// Everything that builds, runs and tests.
    pub(crate) const ALL: [Self; 7] = [
        Self::Page,
        Self::Contracts,
        Self::Browser,
        Self::TestRunner,
        Self::Database,
        Self::Clock,
        Self::Ipfs,
    ];

    fn parts(self) -> &'static [Part] {
        match self {
            Self::Page => &[Part::WasmTarget, Part::WasmBindgen, Part::Trunk, Part::Binaryen],
            Self::Contracts => &[Part::ContractPackages],
            Self::Browser => &[Part::Chromium],
            Self::TestRunner => &[Part::Nextest],
            Self::Database => &[Part::Postgres],
            Self::Clock => &[Part::Faketime],
            Self::Ipfs => &[Part::IpfsCar],
            Self::Peers => &[Part::Viem],
        }
    }
}

/// One thing that can be there or missing.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Part {
    Chromium,
    ContractPackages,
    Faketime,
    Binaryen,
    IpfsCar,
    WasmTarget,
    WasmBindgen,
    Nextest,
    Postgres,
    Trunk,
    Viem,
}

impl Part {
    /// Quick ones first, so that what cannot be installed is known before anybody has waited.
    const IN_ORDER: [Self; 11] = [
        Self::Chromium,
        Self::Postgres,
        Self::Faketime,
        Self::ContractPackages,
        Self::Binaryen,
        Self::IpfsCar,
        Self::Viem,
        Self::WasmTarget,
        Self::WasmBindgen,
        Self::Nextest,
        Self::Trunk,
    ];

    fn is_there(self, workspace: &Workspace) -> Result<bool> {
        Ok(match self {
            Self::Chromium => find_chromium().is_some(),
            Self::ContractPackages => npm::has_contract_packages(workspace)?,
            Self::Faketime => apt::has_faketime(),
            Self::Binaryen => npm::has_tool(workspace, &tools::BINARYEN),
            Self::IpfsCar => npm::has_tool(workspace, &tools::IPFS_CAR),
            Self::WasmTarget => wasm_target::find(workspace)? != Toolchain::WithoutWasm,
            Self::WasmBindgen => cargo_tools::is_installed(workspace, &tools::WASM_BINDGEN),
            Self::Nextest => cargo_tools::is_at_hand(workspace, &tools::NEXTEST),
            Self::Postgres => postgres::is_there(),
            Self::Trunk => cargo_tools::is_installed(workspace, &tools::TRUNK),
            Self::Viem => npm::has_tool(workspace, &tools::VIEM),
        })
    }

    fn install(self, workspace: &Workspace) -> Result<()> {
        match self {
            Self::Chromium => apt::install_chromium(workspace),
            Self::ContractPackages => npm::install_contract_packages(workspace),
            Self::Faketime => apt::install_faketime(workspace),
            Self::Binaryen => npm::install_tool(workspace, &tools::BINARYEN),
            Self::IpfsCar => npm::install_tool(workspace, &tools::IPFS_CAR),
            Self::WasmTarget => wasm_target::install(workspace),
            Self::WasmBindgen => cargo_tools::install(workspace, &tools::WASM_BINDGEN),
            Self::Nextest => cargo_tools::install(workspace, &tools::NEXTEST),
            Self::Postgres => postgres::install(workspace),
            Self::Trunk => cargo_tools::install(workspace, &tools::TRUNK),
            Self::Viem => npm::install_tool(workspace, &tools::VIEM),
        }
    }
}

/// Sees to it that everything needed is on the machine.
pub(crate) fn ensure(workspace: &Workspace, needs: &[Need]) -> Result<Kit> {
    npm::check_node()?;
    let wanted: Vec<Part> = Part::IN_ORDER
        .into_iter()
        .filter(|part| needs.iter().any(|need| need.parts().contains(part)))
        .collect();
    let mut missing = Vec::new();
    for part in &wanted {
        if !part.is_there(workspace)? {
            missing.push(*part);
        }
    }
    if missing.is_empty() {
        return progress::step("set-up is complete", |_| Kit::new(workspace));
    }

    progress::heading("Set-up (the first time only)");
    let _lock = lock(workspace)?;
    for part in missing {
        // Another run may have installed it while this one waited for the lock.
        if !part.is_there(workspace)? {
            part.install(workspace)?;
        }
    }
    cargo_tools::tidy_up(workspace)?;
    Kit::new(workspace)
}

/// The words for something that is missing and that these scripts cannot install.
fn missing(what: &str, why: &str, remedy: &str) -> Error {
    anyhow!("{what} is missing.\n  It is needed {why}.\n  What to do: {remedy}")
}

/// One set-up at a time on this machine. The lock falls when the file is closed.
fn lock(workspace: &Workspace) -> Result<File> {
    let folder = workspace.tools();
    fs::create_dir_all(&folder).with_context(|| format!("cannot create {}", folder.display()))?;
    let path = folder.join("lock");
    let file = File::create(&path).with_context(|| format!("cannot write {}", path.display()))?;
    if file.try_lock().is_err() {
        progress::say("  another set-up is at work; waiting for it");
        file.lock().with_context(|| format!("cannot lock {}", path.display()))?;
    }
    Ok(file)
}
