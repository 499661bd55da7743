//! Names in a job spec. Some become file names or keys, so they are parsed before anything is made of them.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Deserializer, Serialize, Serializer};

use crate::id::{Role, parse_text};

/// A job's name. It names the ledger archive, so it is safe as a file name everywhere: 1 to 64 letters, digits, `-`,
/// `_` and `.`, starting with a letter or digit, and no name that Windows keeps for devices.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct JobName(String);

/// Why a text is not safe as a file name.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum UnsafeNameError {
    /// Nothing there.
    #[error("is empty")]
    Empty,
    /// More than 64 characters.
    #[error("has more than 64 characters")]
    TooLong,
    /// A separator of folders.
    #[error("holds `{0}`, which leads into another folder")]
    Separator(char),
    /// Another character that is not taken.
    #[error("holds {0:?}")]
    Character(char),
    /// Starts or ends with a character that file systems treat specially.
    #[error("starts or ends with `{0}`")]
    Edge(char),
    /// Such as `con` or `nul`.
    #[error("is the name of a device on Windows")]
    Device,
}

/// Checks a text that becomes part of a file name.
pub(crate) fn check_file_name(text: &str) -> Result<(), UnsafeNameError> {
    const DEVICES: [&str; 6] = ["con", "prn", "aux", "nul", "com", "lpt"];
    let first = text.chars().next().ok_or(UnsafeNameError::Empty)?;
    for letter in text.chars() {
        match letter {
            '/' | '\\' | ':' => return Err(UnsafeNameError::Separator(letter)),
            '-' | '_' | '.' => {}
            letter if letter.is_ascii_alphanumeric() => {}
            letter => return Err(UnsafeNameError::Character(letter)),
        }
    }
    if !first.is_ascii_alphanumeric() {
        return Err(UnsafeNameError::Edge(first));
    }
    if text.ends_with('.') {
        return Err(UnsafeNameError::Edge('.'));
    }
    if text.len() > 64 {
        return Err(UnsafeNameError::TooLong);
    }
    let stem = text.split('.').next().unwrap_or(text).to_ascii_lowercase();
    let numbered = stem.strip_suffix(|last: char| last.is_ascii_digit()).unwrap_or(&stem);
    let device = match numbered {
        "com" | "lpt" => numbered.len() < stem.len(),
        other => DEVICES.contains(&other) && other.len() == stem.len(),
    };
    if device { Err(UnsafeNameError::Device) } else { Ok(()) }
}

/// The text with everything taken out that a file name may not hold, as a proposal.
pub(crate) fn safe_name(text: &str) -> String {
    let mut name = String::new();
    for letter in text.chars() {
        if letter.is_ascii_alphanumeric() || letter == '_' {
            name.push(letter);
        } else if !name.is_empty() && !name.ends_with('-') {
            name.push('-');
        }
    }
    name.truncate(64);
    let name = name.trim_end_matches('-');
    if check_file_name(name).is_ok() { name.to_owned() } else { "my-mission".to_owned() }
}

impl JobName {
    /// The name.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl FromStr for JobName {
    type Err = UnsafeNameError;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        check_file_name(text).map(|()| Self(text.to_owned()))
    }
}

/// A tier of stakes: a key of `stakeTiers` in the policies, such as `STANDARD`, `PRO` or `ULTRA`.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct StakeTier(String);

/// The text is not a [`StakeTier`].
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("a stake tier is 1 to 32 letters, digits, `-` or `_`")]
pub struct ParseStakeTierError;

impl StakeTier {
    /// The tier's name.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl FromStr for StakeTier {
    type Err = ParseStakeTierError;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let ok = |byte: u8| byte.is_ascii_alphanumeric() || byte == b'-' || byte == b'_';
        let valid = (1..=32).contains(&text.len()) && text.bytes().all(ok);
        if valid { Ok(Self(text.to_owned())) } else { Err(ParseStakeTierError) }
    }
}

/// A checkpoint, written `role:name`, such as `planner:blueprint`.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct CheckpointRef {
    /// Whose checkpoint it is; `validator` is the guild itself.
    pub role: Role,
    /// Its name: 1 to 64 letters, digits, `-`, `_` and `.`.
    pub name: String,
}

/// The text is not a [`CheckpointRef`].
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("a checkpoint is written `role:name`, with letters, digits, `-` and `_`")]
pub struct ParseCheckpointError;

impl fmt::Display for CheckpointRef {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}:{}", self.role, self.name)
    }
}

impl FromStr for CheckpointRef {
    type Err = ParseCheckpointError;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let (role, name) = text.split_once(':').ok_or(ParseCheckpointError)?;
        let role = role.parse().map_err(|_| ParseCheckpointError)?;
        check_file_name(name).map_err(|_| ParseCheckpointError)?;
        Ok(Self { role, name: name.to_owned() })
    }
}

/// An id of a model adapter: 1 to 128 visible ASCII characters.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct AdapterId(String);

/// The text is not an [`AdapterId`].
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("an adapter's id is 1 to 128 visible ASCII characters")]
pub struct ParseAdapterIdError;

impl AdapterId {
    /// The id.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl FromStr for AdapterId {
    type Err = ParseAdapterIdError;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let valid =
            (1..=128).contains(&text.len()) && text.bytes().all(|byte| byte.is_ascii_graphic());
        if valid { Ok(Self(text.to_owned())) } else { Err(ParseAdapterIdError) }
    }
}

/// Text-shaped values travel as their text.
macro_rules! as_text {
    ($($name:ident),*) => {$(
        impl Serialize for $name {
            fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
                serializer.collect_str(self)
            }
        }

        impl<'de> Deserialize<'de> for $name {
            fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
                parse_text(deserializer)
            }
        }
    )*};
}

/// Newtypes print the text they hold.
macro_rules! prints_itself {
    ($($name:ident),*) => {$(
        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str(&self.0)
            }
        }
    )*};
}

as_text!(JobName, StakeTier, CheckpointRef, AdapterId);
prints_itself!(JobName, StakeTier, AdapterId);

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_job_name_cannot_lead_out_of_the_archive_folder() {
        for (text, error) in [
            ("", UnsafeNameError::Empty),
            ("../../etc/passwd", UnsafeNameError::Separator('/')),
            ("a\\b", UnsafeNameError::Separator('\\')),
            ("c:evil", UnsafeNameError::Separator(':')),
            ("..", UnsafeNameError::Edge('.')),
            (".hidden", UnsafeNameError::Edge('.')),
            ("-rf", UnsafeNameError::Edge('-')),
            ("name.", UnsafeNameError::Edge('.')),
            ("two words", UnsafeNameError::Character(' ')),
            ("nul\0", UnsafeNameError::Character('\0')),
            ("missiön", UnsafeNameError::Character('ö')),
            ("NUL", UnsafeNameError::Device),
            ("com1.json", UnsafeNameError::Device),
            (&"x".repeat(65), UnsafeNameError::TooLong),
        ] {
            assert_eq!(text.parse::<JobName>(), Err(error), "{text}");
        }
        for text in
            ["Phase8-Universal-Value-Dominance", "a", "v1.2_final", "console", "com", "nul2"]
        {
            assert_eq!(text.parse::<JobName>().unwrap().as_str(), text);
        }
    }

    #[test]
    fn a_proposal_for_a_name_is_always_safe() {
        for (text, name) in [
            ("../../etc/passwd", "etc-passwd"),
            ("My mission, no. 1", "My-mission-no-1"),
            ("///", "my-mission"),
            ("NUL", "my-mission"),
        ] {
            assert_eq!(safe_name(text), name);
        }
    }

    #[test]
    fn a_checkpoint_names_a_role_and_itself() {
        let checkpoint: CheckpointRef = "Planner:blueprint".parse().unwrap();
        assert_eq!(checkpoint.to_string(), "planner:blueprint");
        for text in ["planner", ":x", "x:", "a:b:c", "a b:c", "a:../b"] {
            assert_eq!(text.parse::<CheckpointRef>(), Err(ParseCheckpointError), "{text}");
        }
    }
}
