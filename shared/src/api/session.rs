//! Signing in, what it lets one see, and links for reading.

use alloy_primitives::{Address, Bytes};
use serde::{Deserialize, Serialize};

use crate::id::{MissionId, MissionKey};
use crate::time::Timestamp;

/// `POST /api/v1/session/nonce`: what a message to sign in must carry.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct SignInNonce {
    /// Good for one signing in.
    pub nonce: String,
    /// The server's clock: the message's “Issued At”.
    pub issued_at: Timestamp,
    /// From then on it is good for nothing: the message's “Expiration Time”.
    pub expires_at: Timestamp,
}

/// `POST /api/v1/session/wallet`: a signed EIP-4361 message.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct SignIn {
    /// The text that was signed.
    pub message: String,
    /// The account's signature over it (EIP-191), or what a contract takes for one (EIP-1271).
    #[cfg_attr(feature = "openapi", schema(value_type = String))]
    pub signature: Bytes,
}

/// `POST /api/v1/session/link` and `POST /api/v1/session/key`: a secret that somebody was given, for a session.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct OpenSession {
    /// What stands after `#link=` or `#key=` in the address.
    pub token: String,
}

impl std::fmt::Debug for OpenSession {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("OpenSession([secret])")
    }
}

/// What somebody is, by the chain or by this server's configuration.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
pub enum AccessRole {
    /// Owns the owner proxy.
    Owner,
    /// May launch missions and have the server work.
    Operator,
    /// May pause without the owner.
    PauseGuardian,
    /// Sits in the guardian council.
    Guardian,
    /// Belongs to the validators' guild.
    Validator,
}

impl AccessRole {
    /// In words, as in “you are …”.
    pub const fn words(self) -> &'static str {
        match self {
            Self::Owner => "the owner",
            Self::Operator => "an operator",
            Self::PauseGuardian => "the pause guardian",
            Self::Guardian => "a member of the guardian council",
            Self::Validator => "a member of the validators' guild",
        }
    }

    /// In one or two words.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Owner => "Owner",
            Self::Operator => "Operator",
            Self::PauseGuardian => "Pause guardian",
            Self::Guardian => "Guardian",
            Self::Validator => "Validator",
        }
    }

    /// Whether it lets one read every mission. A validator reads those that they are summoned to.
    pub const fn reads_everything(self) -> bool {
        match self {
            Self::Owner | Self::Operator | Self::PauseGuardian | Self::Guardian => true,
            Self::Validator => false,
        }
    }
}

/// What somebody who has not signed in may do here.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
pub enum Anonymous {
    /// Sign in.
    Nothing,
    /// Read everything.
    Read,
    /// Everything, as on a machine that nobody else reaches.
    Everything,
}

/// How somebody came in.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(tag = "by", rename_all = "snake_case")]
pub enum SignedIn {
    /// With a wallet.
    Wallet {
        /// Its account.
        #[cfg_attr(feature = "openapi", schema(value_type = String))]
        account: Address,
    },
    /// With the access key of the machine that the server runs on.
    Key {},
    /// With a link.
    Link {
        /// The mission that it shows.
        mission: MissionId,
        /// What whoever made it wrote on it.
        label: String,
    },
}

/// Which missions somebody may read.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(tag = "missions", rename_all = "snake_case")]
pub enum Reads {
    /// None.
    None {},
    /// These alone, by their keys on the chain.
    Some {
        /// The keys.
        keys: Vec<MissionKey>,
    },
    /// Every one.
    All {},
}

impl Reads {
    /// Whether this mission may be read.
    pub fn includes(&self, mission: &MissionId) -> bool {
        match self {
            Self::None {} => false,
            Self::Some { keys } => keys.contains(&mission.key()),
            Self::All {} => true,
        }
    }

    /// Whether anything may be read.
    pub const fn is_any(&self) -> bool {
        match self {
            Self::None {} => false,
            Self::Some { .. } | Self::All {} => true,
        }
    }
}

/// `GET /api/v1/session`: who asks, and what that lets them do now.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct SessionView {
    /// How they came in; none if they did not sign in.
    pub signed_in: Option<SignedIn>,
    /// When the session ends by itself.
    pub expires_at: Option<Timestamp>,
    /// What they are now, by the chain as it is.
    pub roles: Vec<AccessRole>,
    /// Which missions they may read now.
    pub reads: Reads,
    /// Whether they may launch missions and have the server work.
    pub operates: bool,
    /// Whether they may make and revoke links.
    pub makes_links: bool,
    /// What somebody who has not signed in may do here.
    pub anonymous: Anonymous,
}

/// `POST /api/v1/missions/{mission}/links`: a link for reading one mission.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct MakeLink {
    /// Whom it is for, in the maker's words; up to 80 characters.
    pub label: String,
    /// Hours for which it is good: 1 to 8760.
    pub hours: u32,
}

/// A link for reading one mission.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct ReadLink {
    /// Names it; opens nothing.
    pub id: String,
    /// The mission that it shows.
    pub mission: MissionId,
    /// Whom it is for.
    pub label: String,
    /// Who made it; none for the machine's own operator.
    #[cfg_attr(feature = "openapi", schema(value_type = Option<String>))]
    pub made_by: Option<Address>,
    /// When it was made.
    pub made_at: Timestamp,
    /// When it ends by itself.
    pub expires_at: Timestamp,
    /// When it was revoked.
    pub revoked_at: Option<Timestamp>,
    /// When somebody last read with it, to the minute.
    pub used_at: Option<Timestamp>,
}

/// A link just made: its token is told this once.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct MadeLink {
    /// The link.
    pub link: ReadLink,
    /// What opens the mission: it stands after `#link=` in the address and is kept nowhere.
    pub token: String,
}

/// `GET /api/v1/missions/{mission}/links`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct ReadLinks {
    /// The newest first; those that ended too.
    pub links: Vec<ReadLink>,
}
