//! What is kept: sessions, links and nonces, in the tables beside the relay's. Sessions and links are also held in memory,
//! since every request asks for them; what is written is written first.

use std::collections::BTreeMap;

use alloy::primitives::{Address, B256};
use phase8_shared::api::ReadLink;
use phase8_shared::id::MissionId;
use phase8_shared::time::Timestamp;
use rusqlite::{OptionalExtension as _, Row, Transaction, params};

use super::token::TokenHash;
use crate::relay::{RelayDb, StorageError};

/// How somebody came in.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum CameBy {
    Wallet(Address),
    /// By this access key: another key ends what this one opened.
    Key(TokenHash),
    /// By the link with this id.
    Link(String),
}

/// A session.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Session {
    pub(super) came_by: CameBy,
    pub(super) expires_at: Timestamp,
}

/// A link, with the hash of its token.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct KeptLink {
    pub(super) hash: TokenHash,
    pub(super) link: ReadLink,
}

/// What became of a nonce.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum NonceState {
    Fresh,
    Used,
    Unknown,
}

/// Everything that is kept in memory as well.
#[derive(Debug, Default)]
pub(super) struct Memory {
    pub(super) sessions: BTreeMap<TokenHash, Session>,
    pub(super) links: BTreeMap<String, KeptLink>,
}

/// Reads what an earlier run kept; sessions that are over, or that another access key opened, are forgotten.
pub(super) async fn load(
    db: &RelayDb,
    now: Timestamp,
    key: TokenHash,
) -> Result<Memory, StorageError> {
    db.transact(move |db| {
        db.execute("DELETE FROM session_nonces WHERE expires_at <= ?1", [number(now)])?;
        db.execute(
            "DELETE FROM sessions WHERE expires_at <= ?1 OR (kind = 'key' AND key_hash <> ?2)",
            params![number(now), key.as_slice()],
        )?;
        let mut memory = Memory::default();
        let mut statement =
            db.prepare("SELECT hash, kind, account, key_hash, link, expires_at FROM sessions")?;
        let mut rows = statement.query([])?;
        while let Some(row) = rows.next()? {
            let (hash, session) = session(row)?;
            memory.sessions.insert(hash, session);
        }
        let mut statement = db.prepare(
            "SELECT id, hash, mission, label, made_by, made_at, expires_at, revoked_at, used_at FROM read_links",
        )?;
        let mut rows = statement.query([])?;
        while let Some(row) = rows.next()? {
            let kept = link(row)?;
            memory.links.insert(kept.link.id.clone(), kept);
        }
        Ok(memory)
    })
    .await
}

fn session(row: &Row<'_>) -> Result<(TokenHash, Session), StorageError> {
    let broken = |column| StorageError::Inconsistent { table: "sessions", column };
    let kind: String = row.get(1)?;
    let came_by = match kind.as_str() {
        "wallet" => CameBy::Wallet(
            Address::try_from(&*row.get::<_, Vec<u8>>(2)?).map_err(|_| broken("account"))?,
        ),
        "key" => CameBy::Key(hash(row.get(3)?).ok_or(broken("key_hash"))?),
        _ => CameBy::Link(row.get(4)?),
    };
    let hash = hash(row.get(0)?).ok_or(broken("hash"))?;
    Ok((hash, Session { came_by, expires_at: moment(row.get(5)?) }))
}

fn link(row: &Row<'_>) -> Result<KeptLink, StorageError> {
    let broken = |column| StorageError::Inconsistent { table: "read_links", column };
    let mission: String = row.get(2)?;
    let made_by: Option<Vec<u8>> = row.get(4)?;
    let made_by = made_by.map(|bytes| Address::try_from(&*bytes)).transpose();
    let link = ReadLink {
        id: row.get(0)?,
        mission: mission.parse::<MissionId>().map_err(|_| broken("mission"))?,
        label: row.get(3)?,
        made_by: made_by.map_err(|_| broken("made_by"))?,
        made_at: moment(row.get(5)?),
        expires_at: moment(row.get(6)?),
        revoked_at: row.get::<_, Option<i64>>(7)?.map(moment),
        used_at: row.get::<_, Option<i64>>(8)?.map(moment),
    };
    Ok(KeptLink { hash: hash(row.get(1)?).ok_or(broken("hash"))?, link })
}

/// Keeps a nonce until it expires; `false` if too many wait already.
pub(super) async fn keep_nonce(
    db: &RelayDb,
    nonce: String,
    now: Timestamp,
    expires_at: Timestamp,
    most: u32,
) -> Result<bool, StorageError> {
    db.note(move |db| {
        db.execute("DELETE FROM session_nonces WHERE expires_at <= ?1", [number(now)])?;
        let waiting: u32 =
            db.query_row("SELECT count(*) FROM session_nonces WHERE used = 0", [], |row| {
                row.get(0)
            })?;
        if waiting >= most {
            return Ok(false);
        }
        db.execute(
            "INSERT INTO session_nonces (nonce, expires_at) VALUES (?1, ?2)",
            params![nonce, number(expires_at)],
        )?;
        Ok(true)
    })
    .await
}

/// What became of a nonce, by now.
pub(super) async fn nonce_state(
    db: &RelayDb,
    nonce: String,
    now: Timestamp,
) -> Result<NonceState, StorageError> {
    db.note(move |db| state_of(db, &nonce, now)).await
}

fn state_of(db: &Transaction<'_>, nonce: &str, now: Timestamp) -> Result<NonceState, StorageError> {
    let used: Option<bool> = db
        .query_row(
            "SELECT used FROM session_nonces WHERE nonce = ?1 AND expires_at > ?2",
            params![nonce, number(now)],
            |row| row.get(0),
        )
        .optional()?;
    Ok(match used {
        None => NonceState::Unknown,
        Some(false) => NonceState::Fresh,
        Some(true) => NonceState::Used,
    })
}

/// Uses a nonce up and keeps the session that it was for, both or neither.
pub(super) async fn keep_session_for(
    db: &RelayDb,
    nonce: String,
    token: TokenHash,
    session: Session,
    now: Timestamp,
) -> Result<NonceState, StorageError> {
    db.transact(move |db| {
        let state = state_of(db, &nonce, now)?;
        if state == NonceState::Fresh {
            db.execute("UPDATE session_nonces SET used = 1 WHERE nonce = ?1", [&nonce])?;
            insert(db, token, &session, now)?;
        }
        Ok(state)
    })
    .await
}

/// Keeps a session.
pub(super) async fn keep_session(
    db: &RelayDb,
    token: TokenHash,
    session: Session,
    now: Timestamp,
) -> Result<(), StorageError> {
    db.transact(move |db| insert(db, token, &session, now)).await
}

fn insert(
    db: &Transaction<'_>,
    token: TokenHash,
    session: &Session,
    now: Timestamp,
) -> Result<(), StorageError> {
    let (kind, account, key, link) = match &session.came_by {
        CameBy::Wallet(account) => ("wallet", Some(account.to_vec()), None, None),
        CameBy::Key(key) => ("key", None, Some(key.to_vec()), None),
        CameBy::Link(link) => ("link", None, None, Some(link.clone())),
    };
    db.execute("DELETE FROM sessions WHERE expires_at <= ?1", [number(now)])?;
    db.execute(
        "INSERT INTO sessions (hash, kind, account, key_hash, link, made_at, expires_at)
         VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7)",
        params![
            token.as_slice(),
            kind,
            account,
            key,
            link,
            number(now),
            number(session.expires_at)
        ],
    )?;
    Ok(())
}

/// Forgets a session.
pub(super) async fn end_session(db: &RelayDb, token: TokenHash) -> Result<(), StorageError> {
    db.transact(move |db| {
        db.execute("DELETE FROM sessions WHERE hash = ?1", [token.as_slice()])?;
        Ok(())
    })
    .await
}

/// Keeps a new link.
pub(super) async fn keep_link(db: &RelayDb, kept: KeptLink) -> Result<(), StorageError> {
    db.transact(move |db| {
        let KeptLink { hash, link } = kept;
        db.execute(
            "INSERT INTO read_links (id, hash, mission, label, made_by, made_at, expires_at)
             VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7)",
            params![
                link.id,
                hash.as_slice(),
                link.mission.to_string(),
                link.label,
                link.made_by.map(|by| by.to_vec()),
                number(link.made_at),
                number(link.expires_at),
            ],
        )?;
        Ok(())
    })
    .await
}

/// Revokes a link, and ends the sessions that it opened.
pub(super) async fn revoke_link(
    db: &RelayDb,
    id: String,
    now: Timestamp,
) -> Result<(), StorageError> {
    db.transact(move |db| {
        db.execute(
            "UPDATE read_links SET revoked_at = ?2 WHERE id = ?1 AND revoked_at IS NULL",
            params![id, number(now)],
        )?;
        db.execute("DELETE FROM sessions WHERE link = ?1", [&id])?;
        Ok(())
    })
    .await
}

/// Notes when a link was last used.
pub(super) async fn note_use(db: &RelayDb, id: String, now: Timestamp) -> Result<(), StorageError> {
    db.note(move |db| {
        db.execute("UPDATE read_links SET used_at = ?2 WHERE id = ?1", params![id, number(now)])?;
        Ok(())
    })
    .await
}

fn hash(bytes: Vec<u8>) -> Option<TokenHash> {
    B256::try_from(&*bytes).ok()
}

fn number(at: Timestamp) -> i64 {
    i64::try_from(at.millis()).unwrap_or(i64::MAX)
}

fn moment(millis: i64) -> Timestamp {
    Timestamp::from_millis(u64::try_from(millis).unwrap_or_default())
}
