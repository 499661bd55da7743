//! An exported mission: every line of the shared verifier.

use phase8_shared::ledger::verify::{Check, verify_export};
use phase8_shared::ledger::{EXPORT_FORMAT, LogVerifier};
use serde::Deserialize;

/// Whether a text calls itself the export of a mission, of whatever version.
pub(super) fn is_export(text: &str) -> bool {
    #[derive(Deserialize)]
    struct Kind {
        format: String,
    }
    let read = serde_json::from_str::<Kind>(text).is_ok_and(|kind| kind.format == EXPORT_FORMAT);
    // Half a file is no JSON any more, but its beginning still says what it was.
    let head = text.get(..text.len().min(200)).unwrap_or_default();
    read || head.contains(&format!("\"format\":\"{EXPORT_FORMAT}\""))
}

/// Every check, the first bad card's last.
pub(super) fn checks(text: &str, trusted: Option<&LogVerifier>) -> Vec<Check> {
    verify_export(text, trusted).into_lines()
}
