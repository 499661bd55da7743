//! The registry as the driver holds it.

use std::sync::Arc;

use phase8_shared::id::Seq;
use phase8_shared::time::Timestamp;

use super::EngineError;
use crate::registry::{Registry, RegistryEntry, RegistryEvent};
use crate::store::{EventStore, LogAppend, LogId, StorageError};

/// Entries read at a time.
const PAGE: usize = 1_000;

/// Folds in what the store has beyond what is known, and answers the new entries.
pub(super) async fn read_on(
    store: &dyn EventStore,
    registry: &mut Registry,
) -> Result<Vec<RegistryEntry>, StorageError> {
    let mut new = Vec::new();
    loop {
        let page = store.read(LogId::Registry, Seq(registry.size), PAGE).await?;
        if page.is_empty() {
            return Ok(new);
        }
        for stored in page {
            let broken = |_| StorageError::Inconsistent {
                table: "events",
                column: "bytes",
                row: format!("registry/{}", stored.seq),
            };
            let event: RegistryEvent = serde_json::from_slice(&stored.bytes).map_err(broken)?;
            registry.apply(&event);
            new.push(event.entry);
        }
    }
}

/// The next entry, and the append that writes it.
pub(super) fn append(
    registry: &Registry,
    entry: RegistryEntry,
    at: Timestamp,
) -> Result<(RegistryEvent, LogAppend), EngineError> {
    let expected = Seq(registry.size);
    let event = RegistryEvent { seq: expected.next(), version: RegistryEvent::VERSION, at, entry };
    let bytes = serde_json::to_vec(&event).map_err(EngineError::Unwritable)?;
    Ok((
        event,
        LogAppend { log: LogId::Registry, expected, fence: None, events: vec![Arc::from(bytes)] },
    ))
}
