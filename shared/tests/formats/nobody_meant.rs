//! Input that nobody meant: whatever comes, findings come back and nothing panics.

use phase8_shared::json::decode;
use phase8_shared::policy::{
    ManifestIndex, read_adapters, read_directives, read_extensions, read_policies,
};
use phase8_shared::simulate::simulate;
use phase8_shared::{score, spec};
use proptest::prelude::*;

use crate::support::{ADAPTERS, DIRECTIVES, EXTENSIONS, JOB, POLICIES, adapters, policies};

/// Everything that a text goes through between upload and launch.
fn survives(text: &str) {
    let _ = spec::detect(text);
    let preview = spec::preview_under(text, &policies(), &adapters());
    assert_eq!(
        preview,
        spec::preview_under(text, &policies(), &adapters()),
        "the same file, the same findings"
    );
    for finding in &preview.findings {
        assert!(
            finding.path.starts_with('$')
                && !finding.message.is_empty()
                && !finding.code.is_empty()
        );
        assert!(finding.line.is_none_or(|line| line >= 1));
    }
    if let Some(spec) = &preview.spec {
        let _ = (simulate(spec, &adapters()), score::job(spec), spec::summary(spec));
        let written = serde_json::to_string(spec).expect("what can be read can be written");
        assert_eq!(serde_json::from_str::<spec::JobSpec>(&written).ok().as_ref(), Some(spec));
    }
    match spec::check(text, &policies(), &adapters()) {
        Ok(job) => assert!(
            !job.findings.has_errors() && job.spec.safety.pause_guardian.address().is_some()
        ),
        Err(findings) => assert!(findings.has_errors()),
    }
    let _ = (read_policies(text), read_adapters(text));
    let manifest = ManifestIndex::read(text);
    let _ = (read_directives(text), read_extensions(text, manifest.as_ref()));
}

/// Pieces that JSON is made of, well and badly.
fn pieces() -> impl Strategy<Value = String> {
    let piece = prop::sample::select(vec![
        "{",
        "}",
        "[",
        "]",
        ",",
        ":",
        "\"",
        "\\",
        "null",
        "true",
        "false",
        "0",
        "-1",
        "1e999",
        "0.1",
        "\"agents\"",
        "\"economics\"",
        "\"jobName\"",
        "\"\\ud800\"",
        "\"é\"",
        "\u{FEFF}",
        "\n",
        " ",
        "/*",
        "'",
        "\u{0}",
        "NaN",
        "\"milestones\"",
    ]);
    prop::collection::vec(piece, 0..40).prop_map(|pieces| pieces.concat())
}

/// Values to put in place of one that stands in the file.
fn values() -> impl Strategy<Value = &'static str> {
    prop::sample::select(vec![
        "null",
        "true",
        "-1",
        "0",
        "0.5",
        "1e308",
        "18446744073709551616",
        "\"\"",
        "\"x\"",
        "\"../x\"",
        "\"a:b\"",
        "[]",
        "{}",
        "[[]]",
        "{\"role\": \"x\"}",
        "4294967295",
        "1000000",
        "\"0x0\"",
        "\"é\u{202E}\"",
        "999.999999",
    ])
}

/// The places of the scalars of a file, as byte ranges.
fn scalars(text: &str) -> Vec<std::ops::Range<usize>> {
    let mut found = Vec::new();
    let mut start = None;
    for (index, byte) in text.bytes().enumerate() {
        let part = byte.is_ascii_alphanumeric() || matches!(byte, b'"' | b'-' | b'.' | b':' | b'_');
        match (part, start) {
            (true, None) => start = Some(index),
            (false, Some(from)) => {
                found.push(from..index);
                start = None;
            }
            _ => {}
        }
    }
    found
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(200))]

    #[test]
    fn no_text_makes_it_panic(text in any::<String>()) {
        survives(&text);
    }

    #[test]
    fn no_heap_of_pieces_makes_it_panic(text in pieces()) {
        survives(&text);
        survives(&format!("{{\"agents\": {text}, \"economics\": {text}}}"));
    }

    #[test]
    fn no_bytes_make_it_panic(bytes in prop::collection::vec(any::<u8>(), 0..200)) {
        if let Ok(text) = decode(&bytes) {
            survives(text);
        }
    }

    #[test]
    fn no_scalar_put_in_place_of_another_makes_it_panic(which in any::<prop::sample::Index>(), value in values()) {
        for text in [JOB, POLICIES, ADAPTERS, DIRECTIVES, EXTENSIONS] {
            let places = scalars(text);
            let mut text = text.to_owned();
            text.replace_range(places[which.index(places.len())].clone(), value);
            survives(&text);
        }
    }

    #[test]
    fn no_letters_lost_or_added_make_it_panic(
        at in any::<prop::sample::Index>(), length in 0_usize..30, put in "[\\PC{}\\[\\]\",:0-9]{0,5}",
    ) {
        let mut letters: Vec<char> = JOB.chars().collect();
        let from = at.index(letters.len());
        let to = (from + length).min(letters.len());
        letters.splice(from..to, put.chars());
        survives(&letters.into_iter().collect::<String>());
    }
}
