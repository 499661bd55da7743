//! Leases, by the database's clock alone: what a worker's own clock shows has no part in them.

use std::collections::BTreeSet;
use std::time::Duration;

use tokio_postgres::types::Type;

use super::StorageError;
use super::pool::{Param, Pool};
use super::read::{self, bounded, inconsistent};
use crate::store::{Epoch, Lease, LogId, WorkerId};

pub(super) async fn claim(
    pool: &Pool,
    log: LogId,
    worker: WorkerId,
    ttl: Duration,
) -> Result<Option<Lease>, StorageError> {
    let sql = "
        UPDATE phase8.heads SET
            epoch = CASE WHEN worker = $2 AND lease_until > clock_timestamp() THEN epoch ELSE epoch + 1 END,
            worker = $2,
            lease_until = clock_timestamp() + $3 * interval '1 microsecond'
        WHERE log = $1 AND (worker IS NULL OR worker = $2 OR lease_until <= clock_timestamp())
        RETURNING epoch";
    let (name, id, micros) = (log.to_string(), &worker.0[..], micros(ttl));
    if log == LogId::Registry {
        let begin = "INSERT INTO phase8.heads (log, size, subtrees) VALUES ($1, 0, '')
                     ON CONFLICT (log) DO NOTHING";
        pool.execute(begin, &[(&name, Type::TEXT)]).await?;
    }
    let params: [Param<'_>; 3] = [(&name, Type::TEXT), (&id, Type::BYTEA), (&micros, Type::INT8)];
    let rows = pool.query(sql, &params).await?;
    let Some(row) = rows.first() else { return Ok(None) };
    let broken = |_| inconsistent("heads", "epoch", log.to_string());
    let epoch = Epoch(u64::try_from(read::get::<i64>(row, 0)?).map_err(broken)?);
    Ok(Some(Lease { log, worker, epoch }))
}

/// Extends what has not run out and answers the rest.
pub(super) async fn renew(
    pool: &Pool,
    leases: &[Lease],
    ttl: Duration,
) -> Result<Vec<LogId>, StorageError> {
    let sql = "
        UPDATE phase8.heads SET lease_until = clock_timestamp() + $4 * interval '1 microsecond'
        FROM unnest($1::text[], $2::bytea[], $3::bigint[]) AS lease (log, worker, epoch)
        WHERE heads.log = lease.log AND heads.worker = lease.worker AND heads.epoch = lease.epoch
          AND heads.lease_until > clock_timestamp()
        RETURNING heads.log, heads.epoch";
    let micros = micros(ttl);
    let columns = Columns::of(leases);
    let [logs, workers, epochs] = columns.params();
    let rows = pool.query(sql, &[logs, workers, epochs, (&micros, Type::INT8)]).await?;
    let mut kept = BTreeSet::new();
    for row in &rows {
        kept.insert((read::log_id(row)?, read::get::<i64>(row, 1)?));
    }
    let is_lost = |lease: &&Lease| !kept.contains(&(lease.log, bounded(lease.epoch.0)));
    Ok(leases.iter().filter(is_lost).map(|lease| lease.log).collect())
}

pub(super) async fn release(pool: &Pool, leases: &[Lease]) -> Result<(), StorageError> {
    let sql = "
        UPDATE phase8.heads SET worker = NULL, lease_until = NULL
        FROM unnest($1::text[], $2::bytea[], $3::bigint[]) AS lease (log, worker, epoch)
        WHERE heads.log = lease.log AND heads.worker = lease.worker AND heads.epoch = lease.epoch";
    pool.execute(sql, &Columns::of(leases).params()).await.map(drop)
}

/// Leases as the database takes many at once.
struct Columns<'a> {
    logs: Vec<String>,
    workers: Vec<&'a [u8]>,
    epochs: Vec<i64>,
}

impl<'a> Columns<'a> {
    fn of(leases: &'a [Lease]) -> Self {
        Self {
            logs: leases.iter().map(|lease| lease.log.to_string()).collect(),
            workers: leases.iter().map(|lease| &lease.worker.0[..]).collect(),
            epochs: leases.iter().map(|lease| bounded(lease.epoch.0)).collect(),
        }
    }

    fn params(&self) -> [Param<'_>; 3] {
        [
            (&self.logs, Type::TEXT_ARRAY),
            (&self.workers, Type::BYTEA_ARRAY),
            (&self.epochs, Type::INT8_ARRAY),
        ]
    }
}

fn micros(ttl: Duration) -> i64 {
    i64::try_from(ttl.as_micros()).unwrap_or(i64::MAX)
}
