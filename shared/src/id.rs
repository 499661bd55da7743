//! Identifiers. Each is parsed at the door, prints one canonical text, and travels as that text.

use std::fmt;
use std::str::FromStr;

use alloy_primitives::{B256, keccak256};
use serde::{Deserialize, Deserializer, Serialize, Serializer};

/// A mission: 16 random bytes that the client draws, written as 32 lower-case hex digits.
///
/// The client draws it so that launching is idempotent: the same id can be sent again after a lost answer.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema), schema(value_type = String))]
pub struct MissionId([u8; 16]);

/// The text is not a [`MissionId`].
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("a mission id is 32 lower-case hex digits")]
pub struct ParseMissionIdError;

impl MissionId {
    /// The mission with these 16 bytes.
    pub const fn from_bytes(bytes: [u8; 16]) -> Self {
        Self(bytes)
    }

    /// The key under which contracts know this mission: keccak-256 of the id's text.
    pub fn key(&self) -> MissionKey {
        MissionKey(keccak256(self.to_string()))
    }

    /// `3f2a…91bc`: for places where the whole id does not fit.
    pub fn short(&self) -> String {
        let text = self.to_string();
        format!("{}…{}", text.get(..4).unwrap_or_default(), text.get(28..).unwrap_or_default())
    }
}

impl fmt::Display for MissionId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.iter().try_for_each(|byte| write!(f, "{byte:02x}"))
    }
}

impl fmt::Debug for MissionId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "MissionId({self})")
    }
}

impl FromStr for MissionId {
    type Err = ParseMissionIdError;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let digits = text.as_bytes();
        if digits.len() != 32 {
            return Err(ParseMissionIdError);
        }
        let mut bytes = [0_u8; 16];
        for (byte, pair) in bytes.iter_mut().zip(digits.chunks_exact(2)) {
            for digit in pair {
                let value = match digit {
                    b'0'..=b'9' => digit - b'0',
                    b'a'..=b'f' => digit - b'a' + 10,
                    _ => return Err(ParseMissionIdError),
                };
                *byte = (*byte << 4) | value;
            }
        }
        Ok(Self(bytes))
    }
}

impl Serialize for MissionId {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for MissionId {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        parse_text(deserializer)
    }
}

/// Reads a value from its text, for the `Deserialize` of text-shaped newtypes.
pub(crate) fn parse_text<'de, D, T>(deserializer: D) -> Result<T, D::Error>
where
    D: Deserializer<'de>,
    T: FromStr<Err: fmt::Display>,
{
    let text = std::borrow::Cow::<'de, str>::deserialize(deserializer)?;
    text.parse().map_err(serde::de::Error::custom)
}

/// A mission's `bytes32` on chain.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema), schema(value_type = String))]
#[serde(transparent)]
pub struct MissionKey(pub B256);

impl fmt::Display for MissionKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

/// Declares a small number that counts something inside one mission.
macro_rules! ordinal {
    ($(#[$doc:meta])* $name:ident($inner:ty)) => {
        $(#[$doc])*
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
        #[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
        #[serde(transparent)]
        pub struct $name(pub $inner);

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                self.0.fmt(f)
            }
        }
    };
}

ordinal! {
    /// Position of an event in its mission's ledger: gapless, from 1.
    Seq(u64)
}
ordinal! {
    /// A step of the mission's plan, counted from 0 in plan order.
    StepId(u16)
}
ordinal! {
    /// A model call, counted from 1 in the order of the requests.
    CallId(u32)
}
ordinal! {
    /// A milestone, counted from 0 in the order of the job spec: the same index as on chain.
    MilestoneIndex(u8)
}

impl Seq {
    /// Before the first event.
    pub const ZERO: Self = Self(0);

    /// The position after this one.
    #[must_use]
    pub const fn next(self) -> Self {
        Self(self.0.saturating_add(1))
    }
}

/// An agent's role, such as `planner`, `dev` or `analyst`: 1 to 32 of `a-z 0-9 - _`, lower-cased when read.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema), schema(value_type = String))]
pub struct Role(String);

/// The text is not a [`Role`].
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("a role is 1 to 32 letters, digits, `-` or `_`")]
pub struct ParseRoleError;

impl Role {
    /// The role that plans the mission's work.
    pub const PLANNER: &'static str = "planner";
    /// The role that stands for the validators' guild in checkpoints.
    pub const VALIDATOR: &'static str = "validator";

    /// The role's name.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// Whether this is the planner, whose step comes before all others.
    pub fn is_planner(&self) -> bool {
        self.0 == Self::PLANNER
    }

    /// Whether this stands for the validators' guild rather than an agent.
    pub fn is_validator(&self) -> bool {
        self.0 == Self::VALIDATOR
    }
}

impl fmt::Display for Role {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl FromStr for Role {
    type Err = ParseRoleError;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let valid = (1..=32).contains(&text.len())
            && text
                .bytes()
                .all(|byte| byte.is_ascii_alphanumeric() || byte == b'-' || byte == b'_');
        if valid { Ok(Self(text.to_ascii_lowercase())) } else { Err(ParseRoleError) }
    }
}

impl Serialize for Role {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(&self.0)
    }
}

impl<'de> Deserialize<'de> for Role {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        parse_text(deserializer)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_mission_id_prints_what_it_was_read_from() {
        let text = "00ff10a0b0c0d0e0f00112233445566f";

        let id: MissionId = text.parse().unwrap();

        assert_eq!(id.to_string(), text);
        assert_eq!(id.short(), "00ff…566f");
    }

    #[test]
    fn a_mission_id_of_another_shape_is_refused() {
        for text in [
            "",
            "00",
            "00FF10A0B0C0D0E0F00112233445566F",
            "../../../../etc/passwd/../../../x",
            "é0ff10a0b0c0d0e0f0011223344556",
        ] {
            assert_eq!(text.parse::<MissionId>(), Err(ParseMissionIdError), "{text}");
        }
    }

    #[test]
    fn a_role_is_lower_cased_and_bounded() {
        assert_eq!("Planner".parse::<Role>().unwrap().as_str(), "planner");
        for text in ["", "a b", "role:name", &"x".repeat(33)] {
            assert_eq!(text.parse::<Role>(), Err(ParseRoleError), "{text}");
        }
    }
}
