//! Reading JSON so that every finding can name its line. The parser is `serde_json`'s; its raw values keep the text of
//! each value, and the place of that text in the file is the place to point at.
//!
//! All of this goes into the browser: no float is parsed or printed, nothing is sorted, maps are avoided.

mod decimal;
mod explain;
mod lines;
mod near;
mod place;
mod read;
mod report;
mod tree;

pub use decimal::{DecimalError, Finer, text_of, text_of_wide, units, wide_units};
pub(crate) use lines::Position;
pub(crate) use near::nearest;
pub(crate) use place::{Place, Step};
pub(crate) use read::{Cursor, Fields};
pub(crate) use report::Report;
pub use tree::decode;
pub(crate) use tree::{Document, Member, Node, Value};

/// Larger files are refused before they are read.
pub const MAX_BYTES: usize = 4 * 1024 * 1024;
/// Lists and objects nested deeper than this are refused.
pub const MAX_DEPTH: usize = 32;
/// Files with more values than this are refused.
pub const MAX_VALUES: usize = 100_000;
/// Objects with more keys than this are refused.
pub const MAX_KEYS: usize = 256;

/// A text cut to a length that fits into a message.
pub(crate) fn shortened(text: &str) -> String {
    const KEPT: usize = 40;
    match text.char_indices().nth(KEPT) {
        Some((end, _)) => format!("{}…", text.get(..end).unwrap_or_default()),
        None => text.to_owned(),
    }
}
