//! The launch draft: what the operator has put together so far. It outlives reloads and every failure.

use alloy_primitives::{Address, B256};
use phase8_shared::id::MissionId;
use phase8_shared::json::MAX_BYTES;
use phase8_shared::money::TokenAmount;
use phase8_shared::time::ClockScale;
use serde::{Deserialize, Serialize};

/// A file as it was uploaded.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Upload {
    /// Its name.
    pub(super) name: String,
    /// Its text, untouched.
    pub(super) text: String,
}

/// A launch that was begun: enough to go on with it after a reload.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct LaunchRecord {
    /// Drawn by this page.
    pub(super) id: MissionId,
    /// The wallet it was begun with.
    pub(super) operator: Address,
    /// What agents earn.
    pub(super) reward: TokenAmount,
    /// Speed of the clock.
    pub(super) clock: ClockScale,
    /// Whether the server has it.
    #[serde(default)]
    pub(super) is_created: bool,
    /// The allowance, once it was sent.
    #[serde(default)]
    pub(super) approve: Option<B256>,
    /// The funding, once it was sent.
    #[serde(default)]
    pub(super) fund: Option<B256>,
}

/// Everything that the browser remembers of the launch page.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub(super) struct Draft {
    /// The job spec.
    pub(super) upload: Option<Upload>,
    /// The reward as typed, if it was typed.
    pub(super) reward: Option<String>,
    /// The clock as typed, if it was typed.
    pub(super) clock: Option<String>,
    /// The launch under way.
    pub(super) launch: Option<LaunchRecord>,
}

/// Why a file is not taken.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub(super) enum UploadError {
    /// Refused before it is read.
    #[error("“{name}” has {size}; a job spec has {limit} at most, so it was not read")]
    TooLarge {
        /// Name of the file.
        name: String,
        /// Its size in words.
        size: String,
        /// The limit in words.
        limit: String,
    },
    /// The bytes are not text.
    #[error("“{0}” is not text in UTF-8, so it cannot be a job spec")]
    NotText(String),
    /// The browser could not read it.
    #[error("the browser could not read “{0}”; choose it again")]
    Unreadable(String),
}

/// Refuses a file that is too large before it is read.
pub(super) fn check_size(name: &str, bytes: u64) -> Result<(), UploadError> {
    let limit = u64::try_from(MAX_BYTES).unwrap_or(u64::MAX);
    if bytes <= limit {
        return Ok(());
    }
    Err(UploadError::TooLarge {
        name: name.to_owned(),
        size: size_in_words(bytes),
        limit: size_in_words(limit),
    })
}

/// `4 MiB`, `2 KiB`, `17 bytes`.
pub(super) fn size_in_words(bytes: u64) -> String {
    const KIB: u64 = 1024;
    match bytes {
        0..KIB => format!("{bytes} bytes"),
        KIB..0x10_0000 => format!("{} KiB", bytes / KIB),
        _ => format!("{} MiB", bytes / (KIB * KIB)),
    }
}

/// The reward as typed, or what is wrong with it.
pub(super) fn parse_reward(text: &str) -> Result<TokenAmount, String> {
    let text = text.trim().replace(',', "");
    let amount = TokenAmount::from_tokens_decimal(&text).map_err(|error| format!("{error}."))?;
    if amount == TokenAmount::ZERO {
        Err("The reward must be more than nothing.".to_owned())
    } else {
        Ok(amount)
    }
}

/// The clock as typed, or what is wrong with it.
pub(super) fn parse_clock(text: &str) -> Result<ClockScale, String> {
    let number: u32 =
        text.trim().parse().map_err(|_| "Write a whole number from 1 to 100000.".to_owned())?;
    ClockScale::try_from(number).map_err(|_| "Write a whole number from 1 to 100000.".to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_file_of_200_mb_is_refused_in_words() {
        let error = check_size("huge.json", 200_000_000).unwrap_err();

        assert_eq!(
            error.to_string(),
            "“huge.json” has 190 MiB; a job spec has 4 MiB at most, so it was not read"
        );
        assert_eq!(check_size("job.json", 4 * 1024 * 1024), Ok(()));
    }

    #[test]
    fn a_reward_is_read_as_people_write_it() {
        assert_eq!(
            parse_reward(" 1,000.5 "),
            Ok(TokenAmount::from_tokens_decimal("1000.5").unwrap())
        );
        for wrong in ["", "0", "-1", "1e3", "lots"] {
            assert!(parse_reward(wrong).is_err(), "{wrong}");
        }
    }

    #[test]
    fn a_clock_outside_its_range_is_refused() {
        assert_eq!(parse_clock("480").map(ClockScale::get), Ok(480));
        for wrong in ["0", "100001", "1.5", ""] {
            assert!(parse_clock(wrong).is_err(), "{wrong}");
        }
    }

    #[test]
    fn a_draft_survives_the_browsers_memory() {
        let draft = Draft {
            upload: Some(Upload {
                name: "job.json".to_owned(),
                text: "{ \"a\": 1 }\r\n".to_owned(),
            }),
            reward: Some("10".to_owned()),
            clock: None,
            launch: Some(LaunchRecord {
                id: MissionId::from_bytes([7; 16]),
                operator: Address::with_last_byte(1),
                reward: TokenAmount::ZERO,
                clock: ClockScale::REAL,
                is_created: true,
                approve: Some(B256::with_last_byte(2)),
                fund: None,
            }),
        };

        let text = serde_json::to_string(&draft).unwrap();

        assert_eq!(serde_json::from_str::<Draft>(&text).unwrap(), draft);
    }
}
