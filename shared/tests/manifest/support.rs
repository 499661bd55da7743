//! The usual manifest, and what is found when something in it is changed.

use phase8_shared::findings::Findings;
use phase8_shared::manifest::{self, Manifest, Resolver};

pub(crate) const MANIFEST: &str = include_str!("../../../configs/universal.value.manifest.json");

/// The usual manifest.
pub(crate) fn usual() -> Manifest {
    read(MANIFEST)
}

/// A manifest that is right.
pub(crate) fn read(text: &str) -> Manifest {
    manifest::read(text, Resolver::default()).into_result().expect("the manifest loads").0
}

/// The usual text with each first part replaced by the second; a part that is not there is a mistake in the test.
pub(crate) fn changed(changes: &[(&str, &str)]) -> String {
    changes.iter().fold(MANIFEST.to_owned(), |text, (from, to)| {
        assert!(text.contains(from), "the file holds {from:?}");
        text.replacen(from, to, 1)
    })
}

/// What is found in the usual manifest after a change; the value is there exactly if nothing is an error.
pub(crate) fn found_after(changes: &[(&str, &str)]) -> String {
    let loaded = manifest::read(&changed(changes), Resolver::default());
    assert_eq!(loaded.value.is_none(), loaded.findings.has_errors());
    shown(&loaded.findings)
}

pub(crate) fn shown(findings: &Findings) -> String {
    if findings.is_empty() { "nothing".to_owned() } else { findings.to_string() }
}
