//! Who has signed in, and what that lets them see. A session reads and prepares; whatever changes something on the chain or
//! in a ledger still carries a signature of its own, and no session stands in for one.
//!
//! Three ways in: a wallet (EIP-4361), the access key of the server's own machine, and a link for reading one mission. What
//! an account may do is no part of its session: roles are read from the chain again and again, and a link counts while it
//! stands. Sessions, nonces and links are this server's own, in the database of its data folder: a nonce that one server
//! gave out is unknown to every other.

mod bearer;
mod chain;
mod error;
mod kept;
pub mod key;
mod links;
mod token;
mod visitor;

#[cfg(test)]
mod tests;

use std::collections::{BTreeMap, BTreeSet};
use std::fmt;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use alloy::primitives::{Address, B256, Bytes};
use phase8_shared::api::{Anonymous, SessionView, SignInNonce, SignedIn};
use phase8_shared::siwe::{Expected, Message};
use phase8_shared::time::Timestamp;
use tokio::sync::watch;

pub use self::bearer::{Bearer, BearerError};
pub use self::chain::{ChainSide, Contracts, Standing};
pub use self::error::SessionError;
use self::kept::{CameBy, Memory, NonceState, Session};
pub use self::token::{Token, TokenHash, hash_of};
pub use self::visitor::{Access, Visitor, Who};
use crate::relay::{Now, RelayDb};

/// A nonce is good for so long, and a message may be that old.
const NONCE_MILLIS: u64 = 10 * 60_000;
/// So many nonces wait for signatures at most.
const MOST_NONCES: u32 = 10_000;
/// What the chain said of an account is asked again after this, even if no block was seen since.
const STANDING_MILLIS: u64 = 2_000;

/// What sessions are judged by.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Rules {
    /// The chain that messages must be for.
    pub chain_id: u64,
    /// What somebody who has not signed in may do.
    pub anonymous: Anonymous,
    /// Who may launch missions and have the server work, besides the owner.
    pub operators: BTreeSet<Address>,
    /// Whether a validator reads every mission, and not only those that they are summoned to.
    pub validators_read_all: bool,
    /// How long a session lasts, in milliseconds.
    pub session_millis: u64,
}

/// What a request carries.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Credentials {
    /// Hash of the session's token.
    pub session: Option<TokenHash>,
    /// Hash of the access key.
    pub key: Option<TokenHash>,
}

/// A session just opened.
#[derive(Debug, Clone)]
pub struct Opened {
    /// What the browser keeps.
    pub token: Token,
    /// How long, in milliseconds.
    pub lasts_millis: u64,
}

/// Everybody who has signed in. Clones share it.
#[derive(Clone)]
pub struct Sessions {
    inner: Arc<Inner>,
}

struct Inner {
    rules: Rules,
    key: TokenHash,
    db: RelayDb,
    now: Now,
    chain: Arc<dyn ChainSide>,
    memory: Mutex<Memory>,
    standings: Mutex<BTreeMap<Address, Asked>>,
    /// Fires when a session or a link ends.
    ended: watch::Sender<u64>,
}

/// What the chain said, and when.
#[derive(Debug, Clone)]
struct Asked {
    block: Option<B256>,
    at: Timestamp,
    standing: Standing,
}

impl Sessions {
    /// Goes on with what an earlier run kept.
    pub async fn open(
        rules: Rules,
        key: &Token,
        db: RelayDb,
        now: Now,
        chain: Arc<dyn ChainSide>,
    ) -> Result<Self, SessionError> {
        let key = key.hash();
        let memory = kept::load(&db, now(), key).await?;
        let inner = Inner {
            rules,
            key,
            db,
            now,
            chain,
            memory: Mutex::new(memory),
            standings: Mutex::default(),
            ended: watch::channel(0).0,
        };
        Ok(Self { inner: Arc::new(inner) })
    }

    /// What somebody who has not signed in may do.
    pub fn anonymous(&self) -> Anonymous {
        self.inner.rules.anonymous
    }

    /// Fires whenever a session or a link ends.
    pub fn endings(&self) -> watch::Receiver<u64> {
        self.inner.ended.subscribe()
    }

    /// Gives out a nonce.
    pub async fn nonce(&self) -> Result<SignInNonce, SessionError> {
        let now = (self.inner.now)();
        // Messages tell time to the second.
        let issued_at = Timestamp::from_millis(now.unix_seconds().saturating_mul(1_000));
        let expires_at = issued_at.plus_millis(NONCE_MILLIS);
        let nonce = Token::fresh()?.expose().get(..32).unwrap_or_default().to_owned();
        let kept =
            kept::keep_nonce(&self.inner.db, nonce.clone(), now, expires_at, MOST_NONCES).await?;
        if kept {
            Ok(SignInNonce { nonce, issued_at, expires_at })
        } else {
            Err(SessionError::NoncesExhausted)
        }
    }

    /// Signs in with a wallet, at the site of this domain.
    pub async fn sign_in(
        &self,
        text: &str,
        signature: &Bytes,
        domain: &str,
    ) -> Result<Opened, SessionError> {
        let Inner { rules, db, now, chain, .. } = &*self.inner;
        let message: Message = text.parse()?;
        let at = now();
        message.judge(&Expected {
            domain,
            chain_id: rules.chain_id,
            now: at,
            most_age: NONCE_MILLIS,
        })?;
        fresh(kept::nonce_state(db, message.nonce.clone(), at).await?)?;
        chain
            .signed(message.address, Message::digest(text), signature)
            .await
            .map_err(SessionError::Signature)?;
        let session = self.session(CameBy::Wallet(message.address));
        let token = Token::fresh()?;
        // Of two that come with one nonce at the same time, one finds it used here.
        let state =
            kept::keep_session_for(db, message.nonce, token.hash(), session.clone(), at).await?;
        fresh(state)?;
        Ok(self.opened(token, session))
    }

    /// Opens a session with the access key.
    pub async fn open_key(&self, key: &str) -> Result<Opened, SessionError> {
        if hash_of(key) != self.inner.key {
            return Err(SessionError::KeyRefused);
        }
        self.keep(CameBy::Key(self.inner.key)).await
    }

    async fn keep(&self, came_by: CameBy) -> Result<Opened, SessionError> {
        let (token, session) = (Token::fresh()?, self.session(came_by));
        kept::keep_session(&self.inner.db, token.hash(), session.clone(), (self.inner.now)())
            .await?;
        Ok(self.opened(token, session))
    }

    fn session(&self, came_by: CameBy) -> Session {
        let expires_at = (self.inner.now)().plus_millis(self.inner.rules.session_millis);
        Session { came_by, expires_at }
    }

    fn opened(&self, token: Token, session: Session) -> Opened {
        let now = (self.inner.now)();
        let lasts_millis = session.expires_at.since(now);
        let mut memory = self.memory();
        memory.sessions.retain(|_, session| session.expires_at > now);
        memory.sessions.insert(token.hash(), session);
        Opened { token, lasts_millis }
    }

    /// Ends a session; one that is over already stays so.
    pub async fn end(&self, session: TokenHash) -> Result<(), SessionError> {
        kept::end_session(&self.inner.db, session).await?;
        self.memory().sessions.remove(&session);
        self.tell_of_ending();
        Ok(())
    }

    /// Who asks, and what that lets them do now.
    pub async fn visitor(&self, credentials: Credentials) -> Result<Visitor, SessionError> {
        if let Some(key) = credentials.key {
            return if key == self.inner.key {
                Ok(self.seen(Who::Key, None))
            } else {
                Err(SessionError::KeyRefused)
            };
        }
        let Some(token) = credentials.session else { return Ok(self.nobody()) };
        let now = (self.inner.now)();
        let session = self.memory().sessions.get(&token).cloned();
        let session = session.filter(|session| session.expires_at > now);
        let session = session.ok_or(SessionError::Ended)?;
        let until = Some(session.expires_at);
        match session.came_by {
            CameBy::Key(_) => Ok(self.seen(Who::Key, until)),
            CameBy::Link(id) => {
                let link = self.standing_link(&id, now).ok_or(SessionError::Ended)?;
                let until = until.map(|until| until.min(link.expires_at));
                self.note_use(&link, now).await?;
                Ok(self.seen(Who::Link { mission: link.mission, label: link.label }, until))
            }
            CameBy::Wallet(account) => {
                let standing = self.standing(account, now).await?;
                Ok(self.seen(Who::Wallet { account, standing }, until))
            }
        }
    }

    /// Somebody who has not signed in.
    pub fn nobody(&self) -> Visitor {
        self.seen(Who::Nobody, None)
    }

    fn seen(&self, who: Who, until: Option<Timestamp>) -> Visitor {
        Visitor::new(who, &self.inner.rules, until)
    }

    /// What the chain says of an account, asked at most once a block.
    async fn standing(&self, account: Address, now: Timestamp) -> Result<Standing, SessionError> {
        let block = self.inner.chain.block();
        let known = lock(&self.inner.standings).get(&account).cloned();
        let known = known.filter(|known| {
            known.block == block && block.is_some() && now.since(known.at) < STANDING_MILLIS
        });
        if let Some(known) = known {
            return Ok(known.standing);
        }
        let standing = self.inner.chain.standing(account, now).await?;
        let mut standings = lock(&self.inner.standings);
        standings.retain(|_, asked| now.since(asked.at) < STANDING_MILLIS);
        standings.insert(account, Asked { block, at: now, standing: standing.clone() });
        Ok(standing)
    }

    /// What a page is told of who it is.
    pub fn view(&self, visitor: &Visitor) -> SessionView {
        let signed_in = match visitor.who() {
            Who::Nobody => None,
            Who::Wallet { account, .. } => Some(SignedIn::Wallet { account: *account }),
            Who::Key => Some(SignedIn::Key {}),
            Who::Link { mission, label } => {
                Some(SignedIn::Link { mission: *mission, label: label.clone() })
            }
        };
        SessionView {
            signed_in,
            expires_at: visitor.until(),
            roles: visitor.roles().iter().copied().collect(),
            reads: visitor.reads(),
            operates: visitor.operates(),
            makes_links: visitor.makes_links(),
            anonymous: self.anonymous(),
        }
    }

    fn memory(&self) -> MutexGuard<'_, Memory> {
        lock(&self.inner.memory)
    }

    fn tell_of_ending(&self) {
        self.inner.ended.send_modify(|count| *count = count.wrapping_add(1));
    }
}

/// What is behind it is whole after every statement, also if a thread broke off with it.
fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

fn fresh(state: NonceState) -> Result<(), SessionError> {
    match state {
        NonceState::Fresh => Ok(()),
        NonceState::Used => Err(SessionError::NonceUsed),
        NonceState::Unknown => Err(SessionError::NonceUnknown(NONCE_MILLIS / 60_000)),
    }
}

impl fmt::Debug for Sessions {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Sessions").field("rules", &self.inner.rules).finish_non_exhaustive()
    }
}
