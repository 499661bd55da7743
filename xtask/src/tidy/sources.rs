//! The text files of the checkout: those that git keeps, and new ones that it does not ignore.

use std::fs;

use anyhow::{Context, Result};

use crate::workspace::Workspace;

/// A text file with its path from the root of the checkout.
#[derive(Debug)]
pub(super) struct Source {
    pub(super) path: String,
    pub(super) text: String,
}

impl Source {
    /// The ending of the file's name, without the dot.
    pub(super) fn ending(&self) -> &str {
        self.path.rsplit_once('.').map_or("", |(_, ending)| ending)
    }

    /// Whether the file holds nothing but tests and what they need.
    pub(super) fn is_test(&self) -> bool {
        let path = self.path.as_str();
        path.starts_with("tests/")
            || path.contains("/tests/")
            || path.starts_with("contracts/test/")
            || path.ends_with("/tests.rs")
            || path.ends_with("_tests.rs")
            || path.ends_with(".test.mjs")
    }
}

/// Reads them all; what is not text is left out.
pub(super) fn read(workspace: &Workspace) -> Result<Vec<Source>> {
    let mut sources = Vec::new();
    for path in workspace.files()? {
        let full = workspace.at(&path);
        let bytes = fs::read(&full).with_context(|| format!("cannot read {}", full.display()))?;
        if let Ok(text) = String::from_utf8(bytes) {
            sources.push(Source { path, text });
        }
    }
    Ok(sources)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn test_files_are_told_by_their_place_or_name() {
        let is_test = |path: &str| Source { path: path.to_owned(), text: String::new() }.is_test();

        assert!(is_test("tests/src/app.rs"));
        assert!(is_test("backend/tests/http.rs"));
        assert!(is_test("contracts/test/MissionEscrow.t.sol"));
        assert!(is_test("orchestrator/src/mission/tests.rs"));
        assert!(!is_test("backend/src/http/attests.rs"));
        assert!(!is_test("xtask/src/test.rs"));
    }
}
