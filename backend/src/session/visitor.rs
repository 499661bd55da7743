//! Somebody who asks, and whether they may.

use std::collections::BTreeSet;

use alloy::primitives::Address;
use phase8_shared::api::{AccessRole, Anonymous, Reads};
use phase8_shared::id::MissionId;
use phase8_shared::time::Timestamp;

use super::{Rules, SessionError, Standing};

/// How somebody came in.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Who {
    /// They did not sign in.
    Nobody,
    /// With a wallet.
    Wallet {
        /// Its account.
        account: Address,
        /// What the chain says of it.
        standing: Standing,
    },
    /// With the access key.
    Key,
    /// With a link.
    Link {
        /// The mission that it shows.
        mission: MissionId,
        /// What is written on it.
        label: String,
    },
}

/// Whom a route takes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Access {
    /// Everybody.
    Public,
    /// Whoever reads anything here, or has a role: what the chain tells everybody anyway.
    Reader,
    /// Whoever reads the mission of the path.
    Mission,
    /// Whoever reads every mission.
    Everything,
    /// Whoever launches missions and has the server work.
    Operator,
    /// Whoever makes and revokes links.
    Links,
}

/// Somebody who asks.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Visitor {
    who: Who,
    roles: BTreeSet<AccessRole>,
    anonymous: Anonymous,
    validators_read_all: bool,
    until: Option<Timestamp>,
}

impl Visitor {
    pub(super) fn new(who: Who, judged_by: &Rules, until: Option<Timestamp>) -> Self {
        let roles = match &who {
            Who::Wallet { account, standing } => {
                let mut roles = standing.roles.clone();
                roles.extend(judged_by.operators.contains(account).then_some(AccessRole::Operator));
                roles
            }
            Who::Key => BTreeSet::from([AccessRole::Operator]),
            Who::Nobody | Who::Link { .. } => BTreeSet::new(),
        };
        let Rules { anonymous, validators_read_all, .. } = *judged_by;
        Self { who, roles, anonymous, validators_read_all, until }
    }

    /// How they came in.
    pub const fn who(&self) -> &Who {
        &self.who
    }

    /// The account that they signed in with.
    pub const fn account(&self) -> Option<Address> {
        match &self.who {
            Who::Wallet { account, .. } => Some(*account),
            Who::Nobody | Who::Key | Who::Link { .. } => None,
        }
    }

    /// What they are now.
    pub const fn roles(&self) -> &BTreeSet<AccessRole> {
        &self.roles
    }

    /// When their session ends by itself.
    pub const fn until(&self) -> Option<Timestamp> {
        self.until
    }

    /// Which missions they may read now.
    pub fn reads(&self) -> Reads {
        let all = match self.anonymous {
            Anonymous::Read | Anonymous::Everything => true,
            Anonymous::Nothing => {
                self.roles.iter().any(|role| role.reads_everything())
                    || self.validators_read_all && self.roles.contains(&AccessRole::Validator)
            }
        };
        let keys = match &self.who {
            _ if all => return Reads::All {},
            Who::Wallet { standing, .. } => standing.summoned.iter().copied().collect(),
            Who::Link { mission, .. } => vec![mission.key()],
            Who::Nobody | Who::Key => Vec::new(),
        };
        if keys.is_empty() { Reads::None {} } else { Reads::Some { keys } }
    }

    /// Whether they may launch missions and have the server work.
    pub fn operates(&self) -> bool {
        self.anonymous == Anonymous::Everything
            || self.has_one_of(&[AccessRole::Owner, AccessRole::Operator])
    }

    /// Whether they may make and revoke links.
    pub fn makes_links(&self) -> bool {
        let guardians = [AccessRole::PauseGuardian, AccessRole::Guardian];
        self.operates() || self.has_one_of(&guardians)
    }

    fn has_one_of(&self, roles: &[AccessRole]) -> bool {
        roles.iter().any(|role| self.roles.contains(role))
    }

    /// Whether they may do what takes this access, for the mission of the path if there is one.
    pub fn may(&self, access: Access, mission: Option<&MissionId>) -> Result<(), SessionError> {
        let may = match access {
            Access::Public => true,
            Access::Reader => self.reads().is_any() || !self.roles.is_empty(),
            Access::Mission => mission.map_or_else(
                || self.reads() == Reads::All {},
                |mission| self.reads().includes(mission),
            ),
            Access::Everything => self.reads() == Reads::All {},
            Access::Operator => self.operates(),
            Access::Links => self.makes_links(),
        };
        if may { Ok(()) } else { Err(self.denied(access)) }
    }

    fn denied(&self, access: Access) -> SessionError {
        let Words { what, needed, how } = access.words();
        if self.who == Who::Nobody {
            return SessionError::SignInNeeded(what, needed);
        }
        SessionError::RoleNeeded { what, needed, found: self.in_words(), how }
    }

    /// As in “you are …”.
    fn in_words(&self) -> String {
        match &self.who {
            Who::Nobody => "not signed in".to_owned(),
            Who::Key => "this machine's operator".to_owned(),
            Who::Link { mission, .. } => {
                format!("somebody with a link to mission {}", mission.short())
            }
            Who::Wallet { account, .. } if self.roles.is_empty() => {
                format!("{account}, which has no role here")
            }
            Who::Wallet { account, .. } => {
                let roles: Vec<&str> = self.roles.iter().map(|role| role.words()).collect();
                format!("{account}, {}", roles.join(" and "))
            }
        }
    }
}

/// A denial in words.
struct Words {
    what: &'static str,
    needed: &'static str,
    how: &'static str,
}

impl Access {
    /// What it is, whom it takes, and how to become one of those.
    const fn words(self) -> Words {
        match self {
            Self::Public | Self::Reader => Words {
                what: "reading here",
                needed: "the owner, an operator, a guardian or a validator",
                how: "Sign in with the wallet that has the role, or ask one of them for a link",
            },
            Self::Mission => Words {
                what: "reading this mission",
                needed: "the owner, an operator, a guardian, or a validator who is summoned to it",
                how: "Ask the owner to summon you (the read token may have expired or been revoked), or ask one of them for a link \
                      to it",
            },
            Self::Everything => Words {
                what: "reading what spans all missions",
                needed: "the owner, an operator or a guardian",
                how: "Sign in with the wallet that has the role",
            },
            Self::Operator => Words {
                what: "having this server work",
                needed: "an operator or the owner",
                how: "Have your account added to access.operators in the server's configuration, or open the address that \
                      `phase8 serve` printed on its own machine",
            },
            Self::Links => Words {
                what: "making or seeing links to a mission",
                needed: "the owner, an operator or a guardian",
                how: "Ask one of them to make the link",
            },
        }
    }
}
