//! The guards, each with the test that answers for it. `cargo xtask tidy` sees to it that both are there.

mod chain;
mod contracts;
mod engine;
mod ledger;
mod people;
mod stores;

use crate::mutants::{Mutant, Program, Test};

/// Every guard, those of one promise together.
pub(crate) fn all() -> impl Iterator<Item = &'static Mutant> {
    let lists = [
        engine::GUARDS,
        stores::GUARDS,
        ledger::GUARDS,
        people::GUARDS,
        chain::GUARDS,
        contracts::GUARDS,
    ];
    lists.into_iter().flatten()
}

const fn rust(folder: &'static str, program: Program, path: &'static str) -> Test {
    Test::Rust { folder, program, path }
}

/// A test of the engine's own.
const fn engine(path: &'static str) -> Test {
    rust("orchestrator", Program::Library, path)
}

/// A test of what the page and the server share.
const fn shared(path: &'static str) -> Test {
    rust("shared", Program::Library, path)
}

/// A test of the server's own.
const fn backend(path: &'static str) -> Test {
    rust("backend", Program::Library, path)
}

/// A test of the server beside a real chain.
const fn on_chain(path: &'static str) -> Test {
    rust("backend", Program::Of("chain"), path)
}

/// A test of the contracts.
const fn forge(file: &'static str, function: &'static str) -> Test {
    Test::Forge { file, function }
}
