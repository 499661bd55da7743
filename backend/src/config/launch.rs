//! `[launch]`: what the launch form starts with, and who is paid.

use std::collections::BTreeMap;

use alloy::primitives::Address;
use phase8_shared::api::LaunchDefaults;
use phase8_shared::id::Role;
use phase8_shared::money::{ParseAmountError, TokenAmount};
use phase8_shared::time::{ClockScale, ClockScaleError};
use serde::{Deserialize, Serialize};

use super::Complaint;

/// What the launch form starts with, and who is paid.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
pub struct LaunchConfig {
    /// What agents earn over all milestones, in whole tokens.
    #[serde(deserialize_with = "text_or_number")]
    pub reward: String,
    /// The operator's stake at multiplier 1, in whole tokens.
    #[serde(deserialize_with = "text_or_number")]
    pub base_stake: String,
    /// How many times faster than the wall a rehearsal's clock runs.
    pub clock_scale: u32,
    /// Wallet of each agent role, where the deployment does not name it.
    #[schema(value_type = BTreeMap<String, String>)]
    pub payees: BTreeMap<String, Address>,
}

/// The section cannot be turned into what the engine takes.
#[derive(Debug, thiserror::Error)]
pub enum LaunchConfigError {
    /// An amount is not one.
    #[error("an amount of [launch] is not one")]
    Amount(#[from] ParseAmountError),
    /// The clock scale is out of range.
    #[error("launch.clock_scale is out of range")]
    Scale(#[from] ClockScaleError),
}

impl LaunchConfig {
    /// The section with its amounts read.
    pub fn defaults(&self) -> Result<LaunchDefaults, LaunchConfigError> {
        Ok(LaunchDefaults {
            reward: TokenAmount::from_tokens_decimal(&self.reward)?,
            base_stake: TokenAmount::from_tokens_decimal(&self.base_stake)?,
            clock_scale: ClockScale::try_from(self.clock_scale)?,
        })
    }

    /// Wallets by role; a role that cannot be one is caught by [`Self::validate`].
    pub fn payees(&self) -> BTreeMap<Role, Address> {
        self.payees
            .iter()
            .filter_map(|(role, wallet)| Some((role.parse().ok()?, *wallet)))
            .collect()
    }

    /// What does not hold.
    pub fn validate(&self) -> Vec<Complaint> {
        let mut complaints = Vec::new();
        let mut amount = |key, text: &str| {
            if let Err(error) = TokenAmount::from_tokens_decimal(text) {
                complaints.push(Complaint::new(key, format!("{error}; found {text:?}")));
            }
        };
        amount("launch.reward", &self.reward);
        amount("launch.base_stake", &self.base_stake);
        if let Err(error) = ClockScale::try_from(self.clock_scale) {
            complaints.push(Complaint::new(
                "launch.clock_scale",
                format!("{error}; found {}", self.clock_scale),
            ));
        }
        for role in self.payees.keys() {
            if let Err(error) = role.parse::<Role>() {
                complaints
                    .push(Complaint::new("launch.payees", format!("{error}; found {role:?}")));
            }
        }
        complaints
    }
}

/// An amount is written as text; a variable of the environment that looks like a number arrives as one.
fn text_or_number<'de, D: serde::Deserializer<'de>>(deserializer: D) -> Result<String, D::Error> {
    #[derive(Deserialize)]
    #[serde(untagged, expecting = "an amount in decimal digits, such as \"1000\" or \"0.5\"")]
    enum TextOrNumber {
        Text(String),
        Number(u64),
    }
    TextOrNumber::deserialize(deserializer).map(|value| match value {
        TextOrNumber::Text(text) => text,
        TextOrNumber::Number(number) => number.to_string(),
    })
}
