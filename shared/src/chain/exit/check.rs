//! What the chain said about a call before it was signed, as far as an evidence file tells it.

use alloy_primitives::B256;
use serde::{Deserialize, Serialize};

use crate::api::{ReadAnswer, Said, SimulatedOutcome};

/// What the chain said before signing.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ChainCheck {
    /// What the simulated call does.
    pub outcome: Outcome,
    /// What it changes, in governance terms.
    pub differences: Vec<Difference>,
    /// The block that was read.
    pub block: Option<BlockRead>,
    /// Who said what.
    pub endpoints: Vec<EndpointWords>,
}

/// What a simulated call does.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "state", rename_all = "snake_case", deny_unknown_fields)]
pub enum Outcome {
    /// It would succeed.
    Succeeds {},
    /// The contract would refuse it.
    Refused {
        /// Why.
        why: String,
    },
    /// It could not be checked, which blocks signing in the page.
    Unavailable {
        /// Why.
        why: String,
    },
}

/// One thing that the call changes.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Difference {
    /// What.
    pub what: String,
    /// As it is.
    pub now: String,
    /// As it would be.
    pub new: String,
}

/// The block that was read.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct BlockRead {
    /// Its number.
    pub number: u64,
    /// Its hash.
    pub hash: B256,
    /// How many endpoints had to agree.
    pub quorum: u8,
}

/// What an endpoint said.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct EndpointWords {
    /// Host and port.
    pub name: String,
    /// In words.
    pub said: String,
}

impl ChainCheck {
    /// Nothing could be read.
    pub const fn unavailable(why: String) -> Self {
        Self {
            outcome: Outcome::Unavailable { why },
            differences: Vec::new(),
            block: None,
            endpoints: Vec::new(),
        }
    }

    /// What a quorum of endpoints said, and what the page made of it.
    pub fn of(answer: &ReadAnswer, differences: Vec<Difference>) -> Self {
        let outcome = match &answer.outcome {
            Some(SimulatedOutcome::Succeeds { .. }) => Outcome::Succeeds {},
            Some(SimulatedOutcome::Refused { why, .. }) => Outcome::Refused { why: why.clone() },
            Some(SimulatedOutcome::Unavailable { why }) => {
                Outcome::Unavailable { why: why.clone() }
            }
            None => Outcome::Unavailable { why: "it was not simulated".to_owned() },
        };
        let endpoints = answer.endpoints.iter().map(|endpoint| EndpointWords {
            name: endpoint.name.clone(),
            said: match &endpoint.said {
                Said::Agreed {} => "says the same".to_owned(),
                Said::Dissents { what } => format!("says something else: {what}"),
                Said::Behind { block } => format!("has no more than block {block}"),
                Said::Silent { why } => format!("says nothing: {why}"),
            },
        });
        Self {
            outcome,
            differences,
            block: Some(BlockRead {
                number: answer.block,
                hash: answer.block_hash,
                quorum: answer.quorum,
            }),
            endpoints: endpoints.collect(),
        }
    }
}
