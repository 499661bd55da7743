//! The file that holds the chain between two runs. Anvil does not write it in one step, so a power cut can leave half a
//! file; then the copy made at the last good start serves.

use std::fs;
use std::io;
use std::path::Path;

use serde::de::IgnoredAny;
use tracing::warn;

use super::{DevnetError, beside};

/// Puts a file that anvil can read in place of a broken one.
pub(super) fn mend(state: &Path) -> Result<(), DevnetError> {
    if is_whole(state) != Some(false) {
        return Ok(());
    }
    let broken = beside(state, ".broken");
    fs::rename(state, &broken)
        .map_err(|source| DevnetError::File { path: state.to_owned(), source })?;
    let copy = beside(state, ".backup");
    if is_whole(&copy) == Some(true) {
        warn!(
            "the development chain's state was cut short; the copy of its last start is used, the rest is in {}",
            broken.display()
        );
        return fs::copy(&copy, state)
            .map(drop)
            .map_err(|source| DevnetError::File { path: copy, source });
    }
    warn!(
        "the development chain's state was cut short and there is no copy: it starts anew, the rest is in {}",
        broken.display()
    );
    Ok(())
}

/// Keeps a copy of the state that anvil has just started from.
pub(super) fn back_up(state: &Path) {
    let copy = beside(state, ".backup");
    let whole = is_whole(state) == Some(true);
    if let Err(error) = if whole { fs::copy(state, &copy).map(drop) } else { Ok(()) } {
        warn!("no copy of the development chain's state could be made: {error}");
    }
}

/// Whether the file holds a whole JSON value; `None` if there is no file.
fn is_whole(path: &Path) -> Option<bool> {
    match fs::read(path) {
        Ok(text) => Some(serde_json::from_slice::<IgnoredAny>(&text).is_ok()),
        Err(error) if error.kind() == io::ErrorKind::NotFound => None,
        Err(_) => Some(false),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_state_that_was_cut_short_is_replaced_by_its_copy() {
        let folder = tempfile::tempdir().unwrap();
        let state = folder.path().join("anvil-state.json");
        fs::write(&state, r#"{"block":{"number":7}}"#).unwrap();
        back_up(&state);
        fs::write(&state, r#"{"block":{"number":9"#).unwrap();

        mend(&state).unwrap();

        assert_eq!(fs::read_to_string(&state).unwrap(), r#"{"block":{"number":7}}"#);
        assert!(beside(&state, ".broken").exists());
    }

    #[test]
    fn a_whole_or_absent_state_is_left_alone() {
        let folder = tempfile::tempdir().unwrap();
        let state = folder.path().join("anvil-state.json");

        mend(&state).unwrap();
        assert!(!state.exists());

        fs::write(&state, "{}").unwrap();
        mend(&state).unwrap();
        assert_eq!(fs::read_to_string(&state).unwrap(), "{}");
    }
}
