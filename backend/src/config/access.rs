//! `[access]`: who may see and do what.

use std::collections::BTreeSet;
use std::net::IpAddr;

use alloy::primitives::Address;
use phase8_shared::api::Anonymous;
use serde::{Deserialize, Serialize};

use super::Complaint;

/// Who may see and do what. Roles of the chain (owner, guardians, validators) are read there and configured nowhere.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
pub struct AccessConfig {
    /// What somebody who has not signed in may do: "nothing", "read", or "everything", which only a server that listens on a
    /// loopback address allows.
    pub anonymous: Anonymous,
    /// Accounts that may launch missions and have the server work, besides the owner.
    #[schema(value_type = Vec<String>)]
    pub operators: BTreeSet<Address>,
    /// Which missions a member of the validators' guild reads: those that they are "summoned" to, or "all".
    pub validators: ValidatorsRead,
    /// Hours after which a session ends by itself.
    pub session_hours: u32,
}

/// Which missions a member of the validators' guild reads.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum ValidatorsRead {
    /// Those whose read token they hold.
    Summoned,
    /// Every one.
    All,
}

impl AccessConfig {
    /// How long a session lasts, in milliseconds.
    pub const fn session_millis(&self) -> u64 {
        // Lossless: validated, and `From` is not const.
        self.session_hours as u64 * 3_600_000
    }

    /// What does not hold, for a server that listens on this address.
    pub fn validate(&self, host: IpAddr) -> Vec<Complaint> {
        let mut complaints = Vec::new();
        if !(1..=720).contains(&self.session_hours) {
            complaints.push(Complaint::new("access.session_hours", "must be from 1 to 720"));
        }
        if self.anonymous == Anonymous::Everything && !host.is_loopback() {
            let message = format!(
                "may be \"everything\" only where nobody else reaches the server, and http.host is {host}: say \"nothing\" or \"read\""
            );
            complaints.push(Complaint::new("access.anonymous", message));
        }
        complaints
    }
}
