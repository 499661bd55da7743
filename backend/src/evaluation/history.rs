//! Evaluations as they are kept.

use phase8_shared::api::EvaluationView;
use rusqlite::{OptionalExtension as _, params};

use crate::relay::{RelayDb, StorageError};

/// Evaluations that are shown; older ones stay.
const SHOWN: i64 = 100;

/// Evaluations as they are kept.
#[derive(Debug, Clone)]
pub(super) struct History {
    db: RelayDb,
}

impl History {
    /// Keeps them in this database.
    pub(super) const fn of(db: RelayDb) -> Self {
        Self { db }
    }

    /// Keeps one, unless it says what the last one said: then only its time is new, and the last one stays.
    pub(super) async fn keep(&self, view: &EvaluationView) -> Result<(), StorageError> {
        let view = view.clone();
        self.db
            .transact(move |db| {
                let last = db
                    .query_row(
                        "SELECT report FROM evaluations ORDER BY id DESC LIMIT 1",
                        [],
                        |row| row.get::<_, String>(0),
                    )
                    .optional()?;
                let last = last.and_then(|text| serde_json::from_str::<EvaluationView>(&text).ok());
                if last.is_some_and(|last| says_the_same(&last, &view)) {
                    return Ok(());
                }
                let report = serde_json::to_string(&view)
                    .map_err(|error| StorageError::Undone(Box::new(error)))?;
                let at = i64::try_from(view.at.millis()).unwrap_or(i64::MAX);
                db.execute(
                    "INSERT INTO evaluations (at, report) VALUES (?1, ?2)",
                    params![at, report],
                )?;
                Ok(())
            })
            .await
    }

    /// The newest first.
    pub(super) async fn newest(&self) -> Result<Vec<EvaluationView>, StorageError> {
        self.db
            .note(|db| {
                let mut statement =
                    db.prepare_cached("SELECT report FROM evaluations ORDER BY id DESC LIMIT ?1")?;
                let rows = statement.query_map([SHOWN], |row| row.get::<_, String>(0))?;
                let mut found = Vec::new();
                for text in rows {
                    let inconsistent =
                        StorageError::Inconsistent { table: "evaluations", column: "report" };
                    found.push(serde_json::from_str(&text?).map_err(|_| inconsistent)?);
                }
                Ok(found)
            })
            .await
    }
}

/// The composite grows by itself with the hours since a validation; everything else is measured.
fn says_the_same(last: &EvaluationView, new: &EvaluationView) -> bool {
    last.missions == new.missions
        && last.margin == new.margin
        && last.proposals == new.proposals
        && last.scheduled == new.scheduled
        && !new.scheduled
}
