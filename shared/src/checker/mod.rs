//! What the page has done beside itself, in a worker of the browser: work that would stop it from answering, with code that
//! its first screen does not need.

use serde::{Deserialize, Serialize};

use crate::artifacts::{Artifact, Document};
use crate::chain::Contracts;
use crate::ledger::verify::Known;
use crate::ledger::verify::examine::{ChainQuestion, Examined, Line, examine};
use crate::ledger::{LogVerifier, TreeHead};
use crate::manifest::Resolver;
use crate::plan::survey::{Survey, Surveyed};
use crate::policy::{ManifestIndex, read_directives, read_extensions, read_policies};
use crate::score::Tenths;
use crate::scoreboard::{self, Judged};
use crate::time::Timestamp;

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
    /// Go on with a bootstrap: what is to be asked of the chain, or what is to be ordered.
    Survey(Box<Survey>),
    /// Write the documents of the owner's directives, as `phase8 directives` does.
    Directives {
        /// The directives' text.
        text: String,
        /// The manifest that they are about, if it is known.
        manifest: Option<String>,
        /// When the documents are made.
        now: Timestamp,
    },
    /// Write the documents of the contract extensions, as `phase8 extensions` does.
    Extensions {
        /// The extensions' text.
        text: String,
        /// The manifest that they are about, if it is known.
        manifest: Option<String>,
        /// The contracts that names of implementations are looked up in.
        contracts: Option<Box<Contracts>>,
        /// When the documents are made.
        now: Timestamp,
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
    /// How far the bootstrap is.
    Surveyed(Surveyed),
    /// The documents; none of a file that is refused.
    Documents(Vec<Document>),
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
            Self::Survey(survey) => Told::Surveyed(survey.next()),
            Self::Directives { text, manifest, now } => {
                let manifest = manifest.as_deref().and_then(ManifestIndex::read);
                let plan = read_directives(&text).value.map(|it| it.plan(manifest.as_ref(), now));
                Told::Documents(documents(plan))
            }
            Self::Extensions { text, manifest, contracts, now } => {
                let manifest = manifest.as_deref().and_then(ManifestIndex::read);
                let read = read_extensions(&text, manifest.as_ref()).value;
                Told::Documents(documents(read.map(|it| it.plan(contracts.as_deref(), now))))
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

fn documents(plan: Option<[Artifact; 3]>) -> Vec<Document> {
    plan.into_iter().flatten().map(Document::from).collect()
}
