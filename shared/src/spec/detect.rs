//! Which kind of file a JSON text is, told by its keys.

use std::fmt;

use crate::findings::Collector;
use crate::json::{Document, Value};

/// The kinds of file that can be uploaded or configured.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum FileKind {
    /// `job.multi-agent.json` and its like.
    JobSpec,
    /// `universal.value.manifest.json`.
    Manifest,
    /// `governance-policies.json`.
    GovernancePolicies,
    /// `model-adapters.json`.
    ModelAdapters,
    /// `owner-directives.json`.
    OwnerDirectives,
    /// `contract-extensions.json`.
    ContractExtensions,
    /// Something else, or no JSON.
    Unknown,
}

impl fmt::Display for FileKind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::JobSpec => "a job spec",
            Self::Manifest => "a manifest",
            Self::GovernancePolicies => "a file of governance policies",
            Self::ModelAdapters => "a list of model adapters",
            Self::OwnerDirectives => "a file of owner directives",
            Self::ContractExtensions => "a file of contract extensions",
            Self::Unknown => "a file of an unknown kind",
        })
    }
}

/// The kind of a text.
pub fn detect(text: &str) -> FileKind {
    Document::read(text, &mut Collector::default())
        .map_or(FileKind::Unknown, |document| kind_of(&document))
}

/// The kind of a document: the first of these whose telling keys it has.
pub(crate) fn kind_of(document: &Document<'_>) -> FileKind {
    const TELLING: [(FileKind, &[&str], usize); 6] = [
        (FileKind::JobSpec, &["agents", "economics"], 2),
        (
            FileKind::Manifest,
            &["domains", "sentinels", "capitalStreams", "guardianProtocols", "global"],
            2,
        ),
        (FileKind::OwnerDirectives, &["controlSurfaces", "parameters"], 1),
        (FileKind::ContractExtensions, &["extensions"], 1),
        (
            FileKind::GovernancePolicies,
            &[
                "stakeTiers",
                "budgetCapUSD",
                "globalPause",
                "tripwireSensitivity",
                "governanceCouncil",
            ],
            2,
        ),
        (
            FileKind::JobSpec,
            &["jobName", "agents", "economics", "autonomy", "maxDurationMinutes"],
            1,
        ),
    ];
    match &document.root().value {
        Value::Object(members) => {
            let has = |key: &&&str| members.iter().any(|member| member.name == ***key);
            let kind =
                TELLING.iter().find(|(_, keys, least)| keys.iter().filter(has).count() >= *least);
            kind.map_or(FileKind::Unknown, |(kind, _, _)| *kind)
        }
        Value::List(items) => {
            let first = items.first().map(|item| &item.value);
            let is_adapter = |name: &str| {
                matches!(name, "costUSDPer1KTokens" | "maxContext" | "safetyScore" | "latencyMs")
            };
            match first {
                Some(Value::Object(members))
                    if members.iter().any(|member| is_adapter(&member.name)) =>
                {
                    FileKind::ModelAdapters
                }
                _ => FileKind::Unknown,
            }
        }
        Value::Null | Value::Flag(_) | Value::Number(_) | Value::Text(_) => FileKind::Unknown,
    }
}
