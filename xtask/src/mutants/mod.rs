//! `cargo xtask mutants`: takes the guard of each promise out, one at a time and in a copy, and demands that the promise's
//! own test turns red. A test that stays green without its guard promises nothing.

mod copy;
mod guards;
mod judge;

use std::time::Instant;

use anyhow::{Context, Result, bail};

use crate::args::MutantPlan;
use crate::mutants::copy::Copy;
use crate::mutants::judge::Bench;
use crate::progress;
use crate::setup::{self, Need};
use crate::workspace::Workspace;

pub(crate) use crate::mutants::guards::all;

/// One guard, and what it looks like when it is gone.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Mutant {
    /// By which `--only` knows it.
    pub(crate) name: &'static str,
    /// What is no longer kept without the guard.
    pub(crate) promise: Promise,
    /// Where the guard stands, from the root of the checkout.
    pub(crate) file: &'static str,
    /// The guard; it stands there exactly once.
    pub(crate) find: &'static str,
    /// What stands there instead.
    pub(crate) replace: &'static str,
    /// The test that must turn red.
    pub(crate) test: Test,
    /// What happens without the guard.
    pub(crate) why: &'static str,
}

/// What a guard is for: the rows of the README's table of promises.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Promise {
    Killed,
    Budget,
    LateWorker,
    CutCommit,
    FullDisk,
    Tampering,
    Streams,
    Pause,
    Tripwires,
    Approvals,
    Signing,
    Relay,
    Quorum,
    Escrow,
}

impl Promise {
    /// The promise in few words.
    pub(crate) const fn words(self) -> &'static str {
        match self {
            Self::Killed => "killed at any instant, nothing lost, repeated or paid twice",
            Self::Budget => "spent and reserved never pass the cap",
            Self::LateWorker => "a late worker cannot write; a set clock changes nothing",
            Self::CutCommit => "a commit cut in the middle: all or nothing, and no lie",
            Self::FullDisk => "a full disk is said, and nothing is half there",
            Self::Tampering => "tampering is found, the first bad card named",
            Self::Streams => "live streams: each card once, in order",
            Self::Pause => "a pause ends spending",
            Self::Tripwires => "nothing passes unchecked",
            Self::Approvals => "approvals bind content, time, signer and quorum",
            Self::Signing => "what is shown is what is signed",
            Self::Relay => "the relay sends once, and only what it may",
            Self::Quorum => "without a quorum there is no answer",
            Self::Escrow => "contracts pay once, by quorum, and obey the brake",
        }
    }
}

/// A test, so named that exactly one is meant.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Test {
    /// One of cargo's.
    Rust {
        /// The crate, by its folder.
        folder: &'static str,
        /// In which program of tests.
        program: Program,
        /// Its full path within that program.
        path: &'static str,
    },
    /// One of forge's.
    Forge {
        /// The file, below `contracts/test`.
        file: &'static str,
        /// The function.
        function: &'static str,
    },
}

/// A program of tests that cargo builds.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Program {
    /// The library's own tests.
    Library,
    /// A file or folder below `tests`.
    Of(&'static str),
}

impl Test {
    /// The function's name.
    pub(crate) fn function(&self) -> &'static str {
        match self {
            Self::Rust { path, .. } => path.rsplit("::").next().unwrap_or(path),
            Self::Forge { function, .. } => function,
        }
    }
}

/// Lists the guards, or takes those that are chosen out and says who noticed.
pub(crate) fn run(workspace: &Workspace, plan: &MutantPlan) -> Result<()> {
    let chosen = match plan {
        MutantPlan::List => {
            list();
            return Ok(());
        }
        MutantPlan::Everything => all().collect(),
        MutantPlan::Only(names) => choose(names)?,
    };
    let kit = setup::ensure(workspace, &[Need::Contracts, Need::TestRunner, Need::Database])?;
    let copy = progress::step("copy of the checkout", |_| Copy::of(workspace))?;
    let bench = Bench::new(&kit, &copy)?;
    progress::heading("The tests of these guards are green while the guards are there");
    bench.baseline(&chosen)?;
    progress::heading("And red when one is taken out");
    let mut rows = Vec::new();
    let mut silent = Vec::new();
    for mutant in chosen {
        let started = Instant::now();
        let judged = progress::noted_step(mutant.name, |step| {
            let place = bench.judge(step, mutant)?;
            Ok((place.clone(), place))
        });
        match judged {
            Ok(_) => rows.push((mutant, started.elapsed())),
            Err(error) => {
                progress::report(&error);
                silent.push(mutant);
            }
        }
    }
    progress::heading("Promise, guard taken out, time, test that noticed");
    let mut last = None;
    for (mutant, time) in &rows {
        if last.replace(mutant.promise) != Some(mutant.promise) {
            progress::say(mutant.promise.words());
        }
        progress::say(&format!(
            "  {:<30} {:<44} {:>13}  {}",
            mutant.name,
            mutant.file,
            progress::duration(*time),
            mutant.test.function()
        ));
    }
    let total = rows.len().saturating_add(silent.len());
    progress::say(&format!("\n{} of {total} guards are noticed", rows.len()));
    if silent.is_empty() {
        return Ok(());
    }
    let names: Vec<&str> = silent.iter().map(|mutant| mutant.name).collect();
    bail!("nobody noticed that these were gone: {}", names.join(", "))
}

fn choose(names: &[String]) -> Result<Vec<&'static Mutant>> {
    let find = |name: &String| {
        all().find(|mutant| mutant.name == name).with_context(|| {
            format!("there is no guard `{name}`; `cargo xtask mutants --list` names them")
        })
    };
    names.iter().map(find).collect()
}

fn list() {
    let mut last = None;
    for mutant in all() {
        if last.replace(mutant.promise) != Some(mutant.promise) {
            progress::heading(mutant.promise.words());
        }
        progress::say(&format!("  {:<30} {}", mutant.name, mutant.file));
        progress::say(&format!("  {:<30} without it {}", "", mutant.why));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_guard_is_chosen_by_its_name_and_an_unknown_one_is_refused() {
        let first = all().next().unwrap();

        assert_eq!(choose(&[first.name.to_owned()]).unwrap(), [first]);
        assert!(choose(&["no-such-guard".to_owned()]).is_err());
    }

    #[test]
    fn guards_of_one_promise_stand_together_and_every_promise_has_one() {
        let mut promises: Vec<Promise> = all().map(|mutant| mutant.promise).collect();
        promises.dedup();
        let in_a_row = promises.len();
        promises.sort_unstable();
        promises.dedup();

        assert_eq!(promises.len(), in_a_row);
        assert_eq!(promises.len(), Promise::Escrow as usize + 1);
    }
}
