//! The tables, in a schema of their own, and how older ones are brought up to today's. `schema_versions` lists the steps
//! taken. All processes that start at once take the steps once.

use tokio_postgres::Client;
use tokio_postgres::types::Type;

use super::StorageError;
use super::pool::Pool;

/// Each brings the tables from the version before to the next; never edited once released.
///
/// `heads` is a ledger's lock, its lease and its Merkle head in one row, updated with every append; room is left in its
/// pages so that such an update stays in the page and touches no index.
const MIGRATIONS: [&str; 2] = [
    r#"
    CREATE TABLE phase8.heads (
        log         text COLLATE "C" PRIMARY KEY,
        size        bigint      NOT NULL CHECK (size >= 0),
        subtrees    bytea       NOT NULL,
        epoch       bigint      NOT NULL DEFAULT 0 CHECK (epoch >= 0),
        worker      bytea       CHECK (length(worker) = 16),
        lease_until timestamptz,
        CHECK ((worker IS NULL) = (lease_until IS NULL))
    ) WITH (fillfactor = 40);
    CREATE TABLE phase8.events (
        log   text COLLATE "C" NOT NULL REFERENCES phase8.heads (log),
        seq   bigint NOT NULL CHECK (seq >= 1),
        bytes bytea  NOT NULL,
        leaf  bytea  NOT NULL CHECK (length(leaf) = 32),
        PRIMARY KEY (log, seq)
    );
    CREATE TABLE phase8.blobs (
        log        text COLLATE "C" NOT NULL REFERENCES phase8.heads (log),
        commitment bytea NOT NULL CHECK (length(commitment) = 32),
        salt       bytea NOT NULL CHECK (length(salt) = 32),
        media_type text  NOT NULL,
        content    bytea NOT NULL,
        PRIMARY KEY (log, commitment)
    );
    CREATE TABLE phase8.notes (
        bucket     text COLLATE "C" NOT NULL,
        mission    text COLLATE "C" NOT NULL,
        step       integer NOT NULL CHECK (step >= 0),
        role       text    NOT NULL,
        title      text    NOT NULL,
        commitment bytea   NOT NULL CHECK (length(commitment) = 32),
        at         bigint  NOT NULL,
        expires_at bigint  NOT NULL,
        PRIMARY KEY (bucket, mission, step)
    );
    CREATE INDEX notes_by_age ON phase8.notes (bucket, at);
    CREATE INDEX notes_by_end ON phase8.notes (expires_at);
"#,
    // Transactions of a wallet that several processes sign with, by what each is for.
    r#"
    CREATE TABLE phase8.signed (
        purpose text COLLATE "C" PRIMARY KEY,
        signed  bytea       NOT NULL,
        at      timestamptz NOT NULL DEFAULT now()
    );
"#,
];

/// Under this number processes wait for each other: "phase8" in ASCII.
const ONE_AT_A_TIME: i64 = 0x7068_6173_6538;

/// Brings the database to today's tables.
pub(super) async fn migrate(pool: &Pool) -> Result<(), StorageError> {
    let taken = pool.take().await?;
    // Who may only read and write goes on where there is nothing to do.
    if version(taken.client()).await.map_err(|error| pool.error(error))? == Some(known()) {
        taken.give_back();
        return Ok(());
    }
    let done = steps(pool, taken.client()).await;
    if done.is_ok() {
        taken.give_back();
    }
    done
}

async fn steps(pool: &Pool, client: &Client) -> Result<(), StorageError> {
    let error = |error| pool.error(error);
    client.batch_execute("BEGIN").await.map_err(error)?;
    let lock = "SELECT 1 FROM pg_advisory_xact_lock($1)";
    client.query_typed(lock, &[(&ONE_AT_A_TIME, Type::INT8)]).await.map_err(error)?;
    client
        .batch_execute(
            "CREATE SCHEMA IF NOT EXISTS phase8;
             CREATE TABLE IF NOT EXISTS phase8.schema_versions (
                 version  bigint      PRIMARY KEY,
                 taken_at timestamptz NOT NULL DEFAULT now()
             )",
        )
        .await
        .map_err(error)?;
    let found = version(client).await.map_err(error)?.unwrap_or(0);
    let done = usize::try_from(found)
        .ok()
        .filter(|_| found <= known())
        .ok_or(StorageError::TooNew { found, known: known() })?;
    for (migration, step) in MIGRATIONS.iter().zip(1_i64..).skip(done) {
        client.batch_execute(migration).await.map_err(error)?;
        let insert = "INSERT INTO phase8.schema_versions (version) VALUES ($1)";
        client.execute_typed(insert, &[(&step, Type::INT8)]).await.map_err(error)?;
    }
    client.batch_execute("COMMIT").await.map_err(error)
}

/// The last step taken; `None` where there are no tables at all.
async fn version(client: &Client) -> Result<Option<i64>, tokio_postgres::Error> {
    let there = "SELECT to_regclass('phase8.schema_versions') IS NOT NULL";
    if !client.query_typed_one(there, &[]).await?.try_get::<_, bool>(0)? {
        return Ok(None);
    }
    let version = "SELECT coalesce(max(version), 0) FROM phase8.schema_versions";
    client.query_typed_one(version, &[]).await?.try_get(0).map(Some)
}

fn known() -> i64 {
    i64::try_from(MIGRATIONS.len()).unwrap_or(i64::MAX)
}
