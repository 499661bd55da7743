//! Tiles (C2SP tlog-tiles): a log's hashes and entries cut into immutable pieces of 256, each at an address of its own.

use std::fmt;
use std::str::FromStr;

/// Hashes or entries of a full tile.
pub const TILE_WIDTH: u64 = 256;

/// Levels of the tree in one tile.
pub const TILE_HEIGHT: u32 = 8;

/// What a tile holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum TileKind {
    /// Hashes: of entries at level 0, of whole tiles of the level below above that.
    Hashes {
        /// From 0; 7 is the last that a log of fewer than 2^64 entries can have.
        level: u8,
    },
    /// Entries, each after its length in two bytes (big-endian).
    Entries,
    /// Entries, each after its length in four bytes (big-endian): for logs with an entry of more than 65 535 bytes.
    LongEntries,
}

/// The address of a tile.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Tile {
    /// What it holds.
    pub kind: TileKind,
    /// Which one, from 0.
    pub index: u64,
    /// How many hashes or entries, from 1 to [`TILE_WIDTH`]; less than that is a partial tile.
    pub width: u16,
}

/// The text is not the address of a tile.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error(
    "a tile is <level>/<index>, entries/<index> or entries32/<index>, with the index in groups of three digits such as \
     x001/x234/067, and .p/<width> after it if it is partial"
)]
pub struct ParseTileError;

impl Tile {
    /// The first leaf below it; `None` past the largest log.
    pub fn start(self) -> Option<u64> {
        self.index.checked_mul(TILE_WIDTH)?.checked_mul(self.leaves_each()?)
    }

    /// Entries that a log must have for this tile to exist; `None` past the largest log.
    pub fn needs(self) -> Option<u64> {
        let below = u64::from(self.width).checked_mul(self.leaves_each()?)?;
        self.start()?.checked_add(below)
    }

    /// Whether it has its full width: then it is served for good.
    pub fn is_full(self) -> bool {
        u64::from(self.width) == TILE_WIDTH
    }

    /// Leaves below each of its hashes.
    fn leaves_each(self) -> Option<u64> {
        match self.kind {
            TileKind::Hashes { level } => 1_u64.checked_shl(TILE_HEIGHT * u32::from(level)),
            TileKind::Entries | TileKind::LongEntries => Some(1),
        }
    }
}

impl fmt::Display for Tile {
    /// The address below `tile/`.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.kind {
            TileKind::Hashes { level } => write!(f, "{level}/")?,
            TileKind::Entries => f.write_str("entries/")?,
            TileKind::LongEntries => f.write_str("entries32/")?,
        }
        let mut groups = vec![self.index % 1_000];
        let mut rest = self.index / 1_000;
        while rest > 0 {
            groups.push(rest % 1_000);
            rest /= 1_000;
        }
        for (place, group) in groups.iter().enumerate().rev() {
            if place > 0 {
                write!(f, "x{group:03}/")?;
            } else {
                write!(f, "{group:03}")?;
            }
        }
        if self.is_full() { Ok(()) } else { write!(f, ".p/{}", self.width) }
    }
}

impl FromStr for Tile {
    type Err = ParseTileError;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let (kind, rest) = text.split_once('/').ok_or(ParseTileError)?;
        let kind = match kind {
            "entries" => TileKind::Entries,
            "entries32" => TileKind::LongEntries,
            level => TileKind::Hashes { level: level.parse().map_err(|_| ParseTileError)? },
        };
        let (index, width) = match rest.split_once(".p/") {
            Some((index, width)) => (index, width.parse().map_err(|_| ParseTileError)?),
            None => (rest, 256),
        };
        let mut number = 0_u64;
        for group in index.split('/') {
            let digits = group.strip_prefix('x').unwrap_or(group);
            let value: u64 = digits.parse().map_err(|_| ParseTileError)?;
            number = number
                .checked_mul(1_000)
                .and_then(|number| number.checked_add(value))
                .ok_or(ParseTileError)?;
        }
        let tile = Self { kind, index: number, width };
        // Whatever else is written differently is not the one address of a tile.
        let is_canonical = width >= 1 && u64::from(width) <= TILE_WIDTH && tile.to_string() == text;
        if is_canonical { Ok(tile) } else { Err(ParseTileError) }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_address_is_read_and_written_the_one_way_there_is() {
        for (text, kind, index, width) in [
            ("0/000", TileKind::Hashes { level: 0 }, 0, 256),
            ("0/x001/x234/067", TileKind::Hashes { level: 0 }, 1_234_067, 256),
            ("2/000.p/1", TileKind::Hashes { level: 2 }, 0, 1),
            ("entries/x001/000.p/255", TileKind::Entries, 1_000, 255),
            ("entries32/017", TileKind::LongEntries, 17, 256),
        ] {
            let tile = Tile { kind, index, width };
            assert_eq!(text.parse(), Ok(tile));
            assert_eq!(tile.to_string(), text);
        }
        for text in [
            "",
            "0",
            "0/",
            "0/0",
            "0/00",
            "0/0000",
            "00/000",
            "+1/000",
            "0/x000/000",
            "0/001/000",
            "0/x001/x000",
            "0/000.p/0",
            "0/000.p/256",
            "0/000.p/01",
            "0/000.p/",
            "0/000.p/1/2",
            "data/000",
            "-1/000",
            "300/000",
            "0/../000",
            "0/x018/x446/x744/x073/x709/x551/616",
        ] {
            assert_eq!(text.parse::<Tile>(), Err(ParseTileError), "{text}");
        }
    }

    #[test]
    fn a_tile_needs_the_entries_below_it() {
        let needs = |text: &str| text.parse::<Tile>().unwrap().needs();

        assert_eq!(needs("0/000"), Some(256));
        assert_eq!(needs("0/001.p/4"), Some(260));
        assert_eq!(needs("1/000.p/17"), Some(17 * 256));
        assert_eq!(needs("1/001"), Some(2 * 65_536));
        assert_eq!(needs("7/000"), None);
        assert_eq!(needs("63/000"), None);
        assert_eq!(needs("entries/002.p/1"), Some(513));
    }
}
