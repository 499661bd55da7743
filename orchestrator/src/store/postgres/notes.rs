//! Notes: what agents remember beyond a mission.

use alloy_primitives::B256;
use phase8_shared::id::StepId;
use phase8_shared::ledger::Commitment;
use phase8_shared::time::Timestamp;
use tokio_postgres::Row;
use tokio_postgres::types::Type;

use super::StorageError;
use super::pool::{Param, Pool};
use super::read::{bounded, get, inconsistent};
use crate::store::Note;

pub(super) async fn insert(pool: &Pool, note: &Note) -> Result<(), StorageError> {
    let sql =
        "INSERT INTO phase8.notes (bucket, mission, step, role, title, commitment, at, expires_at)
               VALUES ($1, $2, $3, $4, $5, $6, $7, $8) ON CONFLICT DO NOTHING";
    let (mission, step, role) =
        (note.mission.to_string(), i32::from(note.step.0), note.role.as_str());
    let commitment = note.commitment.0.as_slice();
    let (at, expires_at) = (bounded(note.at.millis()), bounded(note.expires_at.millis()));
    let params: [Param<'_>; 8] = [
        (&note.bucket, Type::TEXT),
        (&mission, Type::TEXT),
        (&step, Type::INT4),
        (&role, Type::TEXT),
        (&note.title, Type::TEXT),
        (&commitment, Type::BYTEA),
        (&at, Type::INT8),
        (&expires_at, Type::INT8),
    ];
    pool.execute(sql, &params).await.map(drop)
}

pub(super) async fn select(
    pool: &Pool,
    bucket: &str,
    now: Timestamp,
    limit: usize,
) -> Result<Vec<Note>, StorageError> {
    let sql = "SELECT mission, step, role, title, commitment, at, expires_at FROM phase8.notes
               WHERE bucket = $1 AND expires_at > $2
               ORDER BY at DESC, mission DESC, step DESC LIMIT $3";
    let (now, limit) = (bounded(now.millis()), bounded(limit as u64));
    let params: [Param<'_>; 3] = [(&bucket, Type::TEXT), (&now, Type::INT8), (&limit, Type::INT8)];
    pool.query(sql, &params).await?.iter().map(|row| note(bucket, row)).collect()
}

fn note(bucket: &str, row: &Row) -> Result<Note, StorageError> {
    let (mission, step): (&str, i32) = (get(row, 0)?, get(row, 1)?);
    let broken = |column| inconsistent("notes", column, format!("{bucket}/{mission}/{step}"));
    let moment = |column, name| {
        u64::try_from(get::<i64>(row, column)?)
            .map(Timestamp::from_millis)
            .map_err(|_| broken(name))
    };
    let commitment = B256::try_from(get::<&[u8]>(row, 4)?).map_err(|_| broken("commitment"))?;
    Ok(Note {
        bucket: bucket.to_owned(),
        mission: mission.parse().map_err(|_| broken("mission"))?,
        step: StepId(u16::try_from(step).map_err(|_| broken("step"))?),
        role: get::<&str>(row, 2)?.parse().map_err(|_| broken("role"))?,
        title: get(row, 3)?,
        commitment: Commitment(commitment),
        at: moment(5, "at")?,
        expires_at: moment(6, "expires_at")?,
    })
}

pub(super) async fn delete(pool: &Pool, now: Timestamp) -> Result<u64, StorageError> {
    let now = bounded(now.millis());
    pool.execute("DELETE FROM phase8.notes WHERE expires_at <= $1", &[(&now, Type::INT8)]).await
}
