//! What the page has done beside itself, in a worker of the browser: work that would stop it from answering, with code that
//! its first screen does not need.

use serde::{Deserialize, Serialize};

use crate::chain::Contracts;
use crate::manifest::Resolver;
use crate::policy::read_policies;
use crate::score::Tenths;
use crate::scoreboard::{self, Judged};

/// What the worker is asked to do. It does one thing and is put away.
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
        contracts: Option<Contracts>,
    },
}

/// What the worker tells.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Told {
    /// It has started and takes its task.
    Ready,
    /// The manifest is measured.
    Judged(Box<Judged>),
    /// It could not be done, and why.
    Failed {
        /// In words.
        why: String,
    },
}

impl Task {
    /// Does it.
    pub fn run(self) -> Told {
        match self {
            Self::Judge { text, guardrail, policies, contracts } => {
                let policies = policies.and_then(|source| read_policies(&source).value);
                let resolver =
                    Resolver { policies: policies.as_ref(), contracts: contracts.as_ref() };
                Told::Judged(Box::new(scoreboard::judge(&text, resolver, guardrail)))
            }
        }
    }
}
