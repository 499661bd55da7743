//! The verifier of mission ledgers: it does no I/O, believes nothing that it can compute, and names the first bad card.
//! The command line runs it, and so can a browser.

mod cards;
pub mod examine;
mod export;
mod mission;
mod signature;

use std::fmt;

pub use cards::Cards;
pub use export::{Known, verify_export, verify_read_export};
pub use mission::MissionVerifier;

pub use crate::chain::exit::{Check, Verdict};

use crate::id::Seq;

/// What was found, line by line.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Report {
    /// Every check, in the order in which they were made.
    pub checks: Vec<Check>,
    /// The first entry of the ledger that cannot be believed.
    pub bad: Option<BadCard>,
}

impl Report {
    /// Whether nothing speaks against the ledger.
    pub fn is_ok(&self) -> bool {
        self.bad.is_none() && self.checks.iter().all(Check::is_ok)
    }

    /// The checks, and as their last line the bad card, if there is one.
    pub fn into_lines(self) -> Vec<Check> {
        let mut lines = self.checks;
        lines.extend(self.bad.map(|bad| {
            Check::holds("the first bad card", false, bad, "every card is as it was written")
        }));
        lines
    }
}

/// An entry that cannot be believed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct BadCard {
    /// The first that it may be.
    pub first: Seq,
    /// The last that it may be; the same where it is known exactly.
    pub last: Seq,
    /// What is wrong.
    pub why: String,
}

impl BadCard {
    /// Exactly this one.
    pub fn at(seq: Seq, why: impl Into<String>) -> Self {
        Self { first: seq, last: seq, why: why.into() }
    }
}

impl fmt::Display for BadCard {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { first, last, why } = self;
        if first == last {
            write!(f, "card {first}: {why}")
        } else {
            write!(f, "one of the cards {first} to {last}: {why}")
        }
    }
}
