//! Who did it.

use std::fmt;
use std::str::FromStr;

use alloy_primitives::Address;
use serde::{Deserialize, Deserializer, Serialize, Serializer};

use crate::id::{Role, parse_text};

/// The author of an event, written as one word: `engine`, `chain`, `agent:planner`, `operator:0x…`.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Actor {
    /// The mission engine itself.
    Engine,
    /// A contract's event, seen by the watcher; who signed it stands in the payload.
    Chain,
    /// An agent at work.
    Agent(Role),
    /// The wallet that launched the mission.
    Operator(Address),
    /// A member of the validators' guild.
    Validator(Address),
    /// Who answered a question in a role that several may have: the owner, or a member of the guild.
    Person(Address),
}

/// The text is not an [`Actor`].
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error(
    "an actor is engine, chain, agent:<role>, operator:<address>, validator:<address> or person:<address>"
)]
pub struct ParseActorError;

impl fmt::Display for Actor {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Engine => f.write_str("engine"),
            Self::Chain => f.write_str("chain"),
            Self::Agent(role) => write!(f, "agent:{role}"),
            Self::Operator(address) => write!(f, "operator:{address}"),
            Self::Validator(address) => write!(f, "validator:{address}"),
            Self::Person(address) => write!(f, "person:{address}"),
        }
    }
}

impl FromStr for Actor {
    type Err = ParseActorError;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let address = |text: &str| text.parse::<Address>().map_err(|_| ParseActorError);
        match text.split_once(':') {
            None if text == "engine" => Ok(Self::Engine),
            None if text == "chain" => Ok(Self::Chain),
            Some(("agent", role)) => role.parse().map(Self::Agent).map_err(|_| ParseActorError),
            Some(("operator", text)) => address(text).map(Self::Operator),
            Some(("validator", text)) => address(text).map(Self::Validator),
            Some(("person", text)) => address(text).map(Self::Person),
            _ => Err(ParseActorError),
        }
    }
}

impl Serialize for Actor {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for Actor {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        parse_text(deserializer)
    }
}
