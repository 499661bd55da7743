//! How many transactions can still change.

use std::collections::BTreeMap;

use rusqlite::params;

use super::super::db::StorageError;
use super::{Relay, RelayError};

impl Relay {
    /// Those of this chain that no depth protects yet, by the word for their state.
    pub async fn count_under_way(&self) -> Result<BTreeMap<String, u64>, RelayError> {
        let instance = self.instance().await?;
        let counted = self.db().note(move |db| {
            let mut statement = db.prepare_cached(
                "SELECT state, count(*) FROM relayed_transactions
                 WHERE instance = ?1 AND settled = 0 GROUP BY state",
            )?;
            let rows = statement.query_map(params![instance.as_slice()], |row| {
                Ok((row.get(0)?, row.get::<_, i64>(1)?.unsigned_abs()))
            })?;
            rows.collect::<Result<_, _>>().map_err(StorageError::from)
        });
        Ok(counted.await?)
    }
}
