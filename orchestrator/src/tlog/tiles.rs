//! Tiles as they are served (C2SP tlog-tiles).

use phase8_shared::id::Seq;
use phase8_shared::ledger::{TILE_WIDTH, Tile, TileKind};

use super::{LogError, Logs, nodes};
use crate::store::{LogId, Stored};

/// A tile's bytes, and whether they are entries (which may be private) or hashes (which tell nothing).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TileBytes {
    /// The tile.
    pub tile: Tile,
    /// Its bytes: they never change.
    pub bytes: Vec<u8>,
}

impl Logs {
    /// A tile of a log.
    pub async fn tile(&self, log: LogId, tile: Tile) -> Result<TileBytes, LogError> {
        let head = self.head(log).await?;
        let needs = tile.needs().unwrap_or(u64::MAX);
        if needs > head.size {
            return Err(LogError::NoSuchTile { tile, needs, size: head.size });
        }
        let from = tile.index * TILE_WIDTH;
        let bytes = match tile.kind {
            TileKind::Hashes { level: 0 } => {
                self.inner.nodes.leaves(log, from, tile.width.into()).await?.concat()
            }
            TileKind::Hashes { level } => {
                let roots = self.inner.nodes.roots(log, needs).await?;
                let from = usize::try_from(from).unwrap_or(usize::MAX);
                let to = from.saturating_add(tile.width.into());
                roots.row(level).get(from..to).ok_or_else(|| nodes::missing(log))?.concat()
            }
            TileKind::Entries => bundle(&self.entries(log, tile).await?, |event| {
                let length = u16::try_from(event.bytes.len()).map_err(|_| {
                    let instead = Tile { kind: TileKind::LongEntries, ..tile };
                    LogError::EntryTooLong { seq: event.seq.0, bytes: event.bytes.len(), instead }
                })?;
                Ok(length.to_be_bytes().to_vec())
            })?,
            TileKind::LongEntries => bundle(&self.entries(log, tile).await?, |event| {
                let length = u32::try_from(event.bytes.len()).map_err(|_| nodes::missing(log))?;
                Ok(length.to_be_bytes().to_vec())
            })?,
        };
        Ok(TileBytes { tile, bytes })
    }

    async fn entries(&self, log: LogId, tile: Tile) -> Result<Vec<Stored>, LogError> {
        let width = usize::from(tile.width);
        let after = Seq(tile.index * TILE_WIDTH);
        let events = self.inner.parts.store.read(log, after, width).await?;
        if events.len() == width { Ok(events) } else { Err(nodes::missing(log)) }
    }
}

/// Each entry after its length.
fn bundle(
    events: &[Stored],
    length: impl Fn(&Stored) -> Result<Vec<u8>, LogError>,
) -> Result<Vec<u8>, LogError> {
    let mut bytes = Vec::new();
    for event in events {
        bytes.extend(length(event)?);
        bytes.extend_from_slice(&event.bytes);
    }
    Ok(bytes)
}
