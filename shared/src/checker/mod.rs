//! What the page has done beside itself, in a worker of the browser: work that would stop it from answering, with code that
//! its first screen does not need.

use serde::{Deserialize, Serialize};

use crate::chain::Contracts;
use crate::ledger::verify::Known;
use crate::ledger::verify::examine::{ChainQuestion, Examined, Line, examine};
use crate::ledger::{LogVerifier, TreeHead};
use crate::manifest::Resolver;
use crate::policy::read_policies;
use crate::score::Tenths;
use crate::scoreboard::{self, Judged};

/// What the worker is asked to do.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Task {
    /// Read a text as a manifest and measure it.
    Judge {
        /// The text.
        text: String,
        /// The least dominance score that passes.
        guardrail: Tenths,
        /// The policies that names in the manifest are resolved from, if they are known.
        policies: Option<String>,
        /// The contracts that names in the manifest are resolved from, if they are known.
        contracts: Option<Box<Contracts>>,
    },
    /// Examine the export of a mission, which comes beside the task as a file, or is fetched.
    Examine {
        /// Where the page's own server has it; none where a file comes beside the task.
        address: Option<String>,
        /// The log's key as it was told before.
        trusted: Option<String>,
        /// The log's head as it was seen before.
        seen: Option<TreeHead>,
    },
    /// Compare receipts with what cards claim of the chain.
    Compare {
        /// Each question with its receipt; null where the chain knows none.
        asked: Vec<(ChainQuestion, serde_json::Value)>,
    },
}

/// What the worker tells.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Told {
    /// It has started and takes tasks.
    Ready,
    /// How far it is: cards done, and cards in all.
    Progress(u64, u64),
    /// The manifest is measured.
    Judged(Box<Judged>),
    /// The export is examined.
    Examined(Box<Examined>),
    /// The receipts are compared.
    Compared(Vec<Line>),
    /// It could not be done, and why.
    Failed {
        /// In words.
        why: String,
    },
}

impl Task {
    /// Does it. `file` is the text that came beside the task, or was fetched for it.
    pub fn run(self, file: &str, mut progress: impl FnMut(u64, u64)) -> Told {
        match self {
            Self::Judge { text, guardrail, policies, contracts } => {
                let policies = policies.and_then(|source| read_policies(&source).value);
                let resolver =
                    Resolver { policies: policies.as_ref(), contracts: contracts.as_deref() };
                Told::Judged(Box::new(scoreboard::judge(&text, resolver, guardrail)))
            }
            Self::Examine { trusted, seen, .. } => {
                // A key that cannot be read any more is none.
                let trusted: Option<LogVerifier> = trusted.and_then(|key| key.parse().ok());
                let known = Known { trusted: trusted.as_ref(), seen };
                Told::Examined(Box::new(examine(file, known, &mut progress)))
            }
            Self::Compare { asked } => Told::Compared(
                asked.iter().map(|(question, receipt)| question.answered(receipt)).collect(),
            ),
        }
    }
}
