//! Files that are not JSON, or too much of it.

use phase8_shared::json::decode;
use phase8_shared::spec::preview;

use crate::support::{JOB, changed, shown};

fn found(text: &str) -> String {
    shown(&preview(text).findings)
}

#[test]
fn broken_json_is_explained_at_its_line() {
    let broken = [
        ("empty", String::new()),
        ("blank", " \n\t".to_owned()),
        ("cut off", JOB.chars().take(600).collect()),
        ("comma missing", changed(JOB, &[("480,", "480")])),
        (
            "comma missing in a list",
            changed(JOB, &[("\"strategic-planning\", ", "\"strategic-planning\" ")]),
        ),
        ("comma too many", changed(JOB, &[("\"maxIdleMinutes\": 20", "\"maxIdleMinutes\": 20,")])),
        ("comment", changed(JOB, &[("\"autonomy\"", "// how far\n  \"autonomy\"")])),
        ("single quotes", changed(JOB, &[("\"ULTRA\"", "'ULTRA'")])),
        ("no quotes", changed(JOB, &[("\"ULTRA\"", "ULTRA")])),
        ("key without quotes", changed(JOB, &[("\"jobName\"", "jobName")])),
        ("python", changed(JOB, &[("true", "True")])),
        ("not a number", changed(JOB, &[("7500", "NaN")])),
        ("a word in a list", changed(JOB, &[("\"strategic-planning\"", "strategic-planning")])),
        ("hex", changed(JOB, &[("7500", "0x1D4C")])),
        ("leading zero", changed(JOB, &[("7500", "07500")])),
        ("line break in a text", changed(JOB, &[("Three agents", "Three\nagents")])),
        ("bad escape", changed(JOB, &[("Three agents", "Three\\xagents")])),
        ("half a character", changed(JOB, &[("Three agents", "Three \\ud800 agents")])),
        ("two values", format!("{JOB}{JOB}")),
        ("words after the end", format!("{JOB}the end")),
        ("a web page", "<!DOCTYPE html><html></html>".to_owned()),
    ];

    let shown: Vec<String> =
        broken.iter().map(|(title, text)| format!("{title}: {}", found(text))).collect();

    insta::assert_snapshot!(shown.join("\n"), @r#"
    empty: error not-json, line 1, $: the file is empty (choose a file with a job spec in it)
    blank: error not-json, line 2, $: the file is empty (choose a file with a job spec in it)
    cut off: error not-json, line 16, $: the file ends before its JSON does (a closing `}`, `]` or quote is missing at the end; was the file cut off?)
    comma missing: error not-json, line 6, $: a comma or colon is missing before `"autonomy"` (put it in at the end of what stands before)
    comma missing in a list: error not-json, line 29, $: a comma or colon is missing before `"contract-drafting"` (put it in at the end of what stands before)
    comma too many: error not-json, line 10, $: a comma stands before `}`, but nothing follows it (take the comma out)
    comment: error not-json, line 6, $: comments are not part of JSON (take the comment out)
    single quotes: error not-json, line 12, $: a text stands in single quotes (JSON takes double quotes only)
    no quotes: error not-json, line 12, $: `ULTRA` is not a JSON value (write texts and keys in double quotes; the bare words are true, false and null)
    key without quotes: error not-json, line 3, $: `jobName` is not a JSON value (write texts and keys in double quotes; the bare words are true, false and null)
    python: error not-json, line 8, $: `True` is not a JSON value (write texts and keys in double quotes; the bare words are true, false and null)
    not a number: error not-json, line 19, $: `NaN` is not a JSON value (write texts and keys in double quotes; the bare words are true, false and null)
    a word in a list: error not-json, line 29, $: `strategic` is not a JSON value (write texts and keys in double quotes; the bare words are true, false and null)
    hex: error not-json, line 19, $: `0x1D4C` is not a number in JSON (write it in decimal digits, without a leading zero)
    leading zero: error not-json, line 19, $: `07500` is not a number in JSON (write it in decimal digits, without a leading zero)
    line break in a text: error not-json, line 4, $: a text runs past the end of its line, or holds a control character (close the quote, or write `\n` for a line break inside a text)
    bad escape: error not-json, line 4, $: a backslash stands before something that JSON does not know (write `\\` for the backslash itself)
    half a character: error not-json, line 4, $.description: this is not JSON: unexpected end of hex escape (write the character itself instead of `\u` and its digits)
    two values: error not-json, line 61, $: the JSON is complete, but `{` follows it (take out what follows, or check whether two files became one)
    words after the end: error not-json, line 61, $: the JSON is complete, but `the end` follows it (take out what follows, or check whether two files became one)
    a web page: error not-json, line 1, $: this is a web page or XML, not JSON (get the file itself)
    "#);
}

#[test]
fn a_byte_order_mark_is_skipped_and_named() {
    let findings = preview(&format!("\u{FEFF}{JOB}")).findings;

    assert!(!findings.has_errors());
    insta::assert_snapshot!(findings.iter().next().unwrap(), @r"warning byte-order-mark, line 1, $: the file starts with a byte order mark, which JSON does not allow; it was skipped (save it as UTF-8 without a byte order mark)");
}

#[test]
fn a_key_given_twice_is_an_error_wherever_it_stands() {
    let text = changed(
        JOB,
        &[
            ("\"maxIdleMinutes\": 20", "\"maxIdleMinutes\": 20,\n    \"maxIdleMinutes\": 30"),
            ("\"bucket\": \"phase8-dev\"", "\"bucket\": \"phase8-dev\", \"bucket\": \"other\""),
        ],
    );

    let twice: Vec<String> = preview(&text)
        .findings
        .iter()
        .filter(|finding| finding.code == "duplicate-key")
        .map(ToString::to_string)
        .collect();

    insta::assert_snapshot!(twice.join("\n"), @r"
    error duplicate-key, line 10, $.autonomy.maxIdleMinutes: the key `maxIdleMinutes` is given twice in the same object (take one of them out: which of the two is meant cannot be known)
    error duplicate-key, line 37, $.agents[1].memory.bucket: the key `bucket` is given twice in the same object (take one of them out: which of the two is meant cannot be known)
    ");
}

#[test]
fn depth_and_size_are_bounded() {
    let bombs = [
        ("lists", format!("{{\"agents\": {}", "[".repeat(1_000_000))),
        ("closed lists", format!("{{\"agents\": {}{}}}", "[".repeat(1_000), "]".repeat(1_000))),
        ("objects", "{\"agents\":".repeat(100) + "1" + &"}".repeat(100)),
        ("values", format!("{{\"agents\": [{}0]}}", "0,".repeat(200_000))),
        (
            "keys",
            format!(
                "{{\"agents\": {{{}}}}}",
                (0..300).map(|key| format!("\"{key}\":0")).collect::<Vec<_>>().join(",")
            ),
        ),
        ("bytes", format!("{{\"jobName\": \"{}\"}}", "x".repeat(5_000_000))),
    ];

    let shown: Vec<String> = bombs
        .iter()
        .map(|(title, text)| format!("{title}: {}", found(text).replace("[0]", "")))
        .collect();

    insta::assert_snapshot!(shown.join("\n"), @r"
    lists: error not-json, line 1, $: the file ends before its JSON does (a closing `}`, `]` or quote is missing at the end; was the file cut off?)
    closed lists: error too-deep, line 1, $.agents: values are nested more than 32 deep (no file of this kind is like that; check that it is the right one)
    objects: error too-deep, line 1, $.agents.agents.agents.agents.agents.agents.agents.agents.agents.agents.agents.agents.agents.agents.agents.agents.agents.agents.agents.agents.agents.agents.agents.agents.agents.agents.agents.agents.agents.agents.agents.agents.agents: values are nested more than 32 deep (no file of this kind is like that; check that it is the right one)
    values: error too-many-values, line 1, $.agents[99998]: the file holds more than 100000 values (no file of this kind is like that; check that it is the right one)
    keys: error too-many-keys, line 1, $.agents: an object has more than 256 keys (no file of this kind is like that; check that it is the right one)
    bytes: error too-large, $: the file has 4883 KiB, and 4096 KiB is the most that is read (a job spec has a few KiB; check that it is the right file)
    ");
}

#[test]
fn bytes_that_are_no_utf8_text_are_refused_at_their_line() {
    let utf16: Vec<u8> =
        std::iter::once(0xFEFF).chain(JOB.encode_utf16()).flat_map(u16::to_le_bytes).collect();
    let latin1 = [b"{\n  \"jobName\": \"missi".as_slice(), &[0xF6], b"n\"}"].concat();
    let large = vec![0; 200 * 1024 * 1024];

    let shown = [&utf16, &latin1, &large].map(|bytes| shown(&decode(bytes).unwrap_err()));

    insta::assert_snapshot!(shown.join("\n"), @r"
    error not-utf8, line 1, $: the file is UTF-16 text (save it as UTF-8, without a byte order mark)
    error not-utf8, line 2, $: the file is not UTF-8 text from here on (save it as UTF-8, without a byte order mark)
    error too-large, $: the file has 204800 KiB, and 4096 KiB is the most that is read (a job spec has a few KiB; check that it is the right file)
    ");
    assert_eq!(decode(JOB.as_bytes()), Ok(JOB));
}

#[test]
fn another_kind_of_file_is_named_instead_of_picked_apart() {
    let others = [
        crate::support::POLICIES,
        crate::support::ADAPTERS,
        r#"{"domains": [], "sentinels": []}"#,
        "{}",
        "7",
        "null",
    ];

    let shown = others.map(found);

    insta::assert_snapshot!(shown.join("\n"), @r"
    error not-a-job-spec, line 1, $: this is a file of governance policies, not a job spec (a job spec has the keys jobName, agents and economics)
    error not-a-job-spec, line 1, $: this is a list of model adapters, not a job spec (a job spec has the keys jobName, agents and economics)
    error not-a-job-spec, line 1, $: this is a manifest, not a job spec (a job spec has the keys jobName, agents and economics)
    error not-a-job-spec, line 1, $: this is a file of an unknown kind, not a job spec (a job spec has the keys jobName, agents and economics)
    error not-a-job-spec, line 1, $: this is a file of an unknown kind, not a job spec (a job spec has the keys jobName, agents and economics)
    error not-a-job-spec, line 1, $: this is a file of an unknown kind, not a job spec (a job spec has the keys jobName, agents and economics)
    ");
}
