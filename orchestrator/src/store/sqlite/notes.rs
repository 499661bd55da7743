//! Notes: what agents remember beyond a mission.

use alloy_primitives::B256;
use phase8_shared::id::StepId;
use phase8_shared::ledger::Commitment;
use phase8_shared::time::Timestamp;
use rusqlite::{Connection, Row, params};

use super::{StorageError, driver};
use crate::store::Note;

pub(super) fn insert(connection: &Connection, note: &Note) -> Result<(), StorageError> {
    let sql = "INSERT INTO notes (bucket, mission, step, role, title, commitment, at, expires_at)
               VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8) ON CONFLICT DO NOTHING";
    let mut insert = connection.prepare_cached(sql).map_err(driver)?;
    let values = params![
        note.bucket,
        note.mission.to_string(),
        note.step.0,
        note.role.as_str(),
        note.title,
        note.commitment.0.as_slice(),
        millis(note.at),
        millis(note.expires_at),
    ];
    insert.execute(values).map(drop).map_err(driver)
}

pub(super) fn select(
    connection: &Connection,
    bucket: &str,
    now: Timestamp,
    limit: usize,
) -> Result<Vec<Note>, StorageError> {
    let sql = "SELECT mission, step, role, title, commitment, at, expires_at FROM notes
               WHERE bucket = ?1 AND expires_at > ?2
               ORDER BY at DESC, mission DESC, step DESC LIMIT ?3";
    let mut select = connection.prepare_cached(sql).map_err(driver)?;
    let limit = i64::try_from(limit).unwrap_or(i64::MAX);
    let mut rows = select.query(params![bucket, millis(now), limit]).map_err(driver)?;
    let mut notes = Vec::new();
    while let Some(row) = rows.next().map_err(driver)? {
        notes.push(note(bucket, row)?);
    }
    Ok(notes)
}

fn note(bucket: &str, row: &Row<'_>) -> Result<Note, StorageError> {
    let mission: String = row.get(0).map_err(driver)?;
    let step: u16 = row.get(1).map_err(driver)?;
    let broken = |column| StorageError::Inconsistent {
        table: "notes",
        column,
        row: format!("{bucket}/{mission}/{step}"),
    };
    let role: String = row.get(2).map_err(driver)?;
    let commitment: Vec<u8> = row.get(4).map_err(driver)?;
    let commitment = B256::try_from(commitment.as_slice()).map_err(|_| broken("commitment"))?;
    let moment = |column, name| {
        let millis: i64 = row.get(column).map_err(driver)?;
        u64::try_from(millis).map(Timestamp::from_millis).map_err(|_| broken(name))
    };
    Ok(Note {
        bucket: bucket.to_owned(),
        mission: mission.parse().map_err(|_| broken("mission"))?,
        step: StepId(step),
        role: role.parse().map_err(|_| broken("role"))?,
        title: row.get(3).map_err(driver)?,
        commitment: Commitment(commitment),
        at: moment(5, "at")?,
        expires_at: moment(6, "expires_at")?,
    })
}

pub(super) fn delete(connection: &Connection, now: Timestamp) -> Result<u64, StorageError> {
    let mut delete =
        connection.prepare_cached("DELETE FROM notes WHERE expires_at <= ?1").map_err(driver)?;
    let deleted = delete.execute(params![millis(now)]).map_err(driver)?;
    Ok(u64::try_from(deleted).unwrap_or(u64::MAX))
}

fn millis(moment: Timestamp) -> i64 {
    i64::try_from(moment.millis()).unwrap_or(i64::MAX)
}
