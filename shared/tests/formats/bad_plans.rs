//! Directives and extensions that are wrong.

use phase8_shared::policy::{ManifestIndex, read_directives, read_extensions};

use crate::support::{DIRECTIVES, EXTENSIONS, JOB, changed, shown};

type Table<'t> = &'t [(&'t str, &'t [(&'t str, &'t str)])];

const MANIFEST: &str = r#"{
    "domains": [{ "slug": "climate-harmonizer" }, { "slug": "Planetary-Finance" }],
    "sentinels": [{ "slug": "solar-shield" }],
    "capitalStreams": [{ "slug": "planetary-resilience" }]
}"#;

/// Without what is found in the usual file anyway: names that stand in place of addresses.
fn table(rows: Table<'_>, found: impl Fn(&[(&str, &str)]) -> String) -> String {
    let row = |(title, changes): &(&str, &[(&str, &str)])| {
        let lines = found(changes);
        let lines: Vec<&str> =
            lines.lines().filter(|it| !it.starts_with("info placeholder")).collect();
        let lines = if lines.is_empty() { "nothing".to_owned() } else { lines.join("\n") };
        format!("# {title}\n{lines}")
    };
    rows.iter().map(row).collect::<Vec<_>>().join("\n")
}

fn directives(rows: Table<'_>) -> String {
    table(rows, |changes| shown(&read_directives(&changed(DIRECTIVES, changes)).findings))
}

fn extensions(rows: Table<'_>) -> String {
    let manifest = ManifestIndex::read(MANIFEST).expect("the manifest is JSON");
    table(rows, |changes| {
        shown(&read_extensions(&changed(EXTENSIONS, changes), Some(&manifest)).findings)
    })
}

#[test]
fn wrong_directives_are_explained() {
    let risk = "updateRiskParameters(uint64,uint64,uint256)";
    let shown = directives(&[
        ("below the minimum", &[("\"desired\": 720", "\"desired\": 359")]),
        ("above the maximum", &[("\"desired\": 720", "\"desired\": 1201")]),
        ("bounds crossed", &[("\"min\": 360", "\"min\": 1300")]),
        ("without bounds", &[("\"min\": 360,\n      \"max\": 1200,\n", "")]),
        ("not whole", &[("\"desired\": 720", "\"desired\": 720.5")]),
        ("digits as text", &[("\"desired\": 720", "\"desired\": \"720\"")]),
        ("words as text", &[("\"desired\": 720", "\"desired\": \"many\"")]),
        ("negative", &[("\"desired\": 720", "\"desired\": -1")]),
        (
            "too large for the contract",
            &[
                ("\"desired\": 720", "\"desired\": \"18446744073709551616\""),
                ("\"max\": 1200", "\"max\": \"18446744073709551616\""),
            ],
        ),
        ("more than the whole", &[("\"desired\": 7800", "\"desired\": 10001"), ("9000", "20000")]),
        ("no time at all", &[("\"desired\": 720", "\"desired\": 0"), ("\"min\": 360,", "")]),
        ("a path with nothing in it", &[("global.guardianReviewWindow", "global..x")]),
        ("one path twice", &[("global.heartbeatSeconds", "global.guardianReviewWindow")]),
        ("a call of nothing", &[(risk, "updateRiskParameters")]),
        ("a call of another's", &[(risk, "setGuardianReviewWindow(uint256)")]),
        (
            "a call of another's, for what no contract holds",
            &[
                (risk, "setAutonomyCap(uint16)"),
                ("global.guardianReviewWindow", "selfImprovement.autonomyGuards.maxAutonomyBps"),
            ],
        ),
        ("a call without the argument", &[(risk, "setGuardianCouncil(address)")]),
        ("unknown severity", &[("\"critical\"", "\"fatal\"")]),
        ("one tripwire twice", &[("\"model-regression\"", "\"budget-surge\"")]),
        ("no surface", &[("\"controlSurfaces\": [", "\"controlSurfaces\": [], \"was\": [")]),
        ("an unknown contract", &[("\"0xSystemPause\"", "\"0xSystemBreak\"")]),
        ("a function of another's", &[("function pauseAll()", "function pauseSome(uint8 which)")]),
        ("no function", &[("function pauseAll()", "pause all")]),
        ("no ci", &[("\"ci\": {", "\"cj\": {")]),
    ]);

    insta::assert_snapshot!(shown, @r#"
    # below the minimum
    error below-minimum, line 100, $.parameters[0].desired: Guardian review window shall be 359, and 360 is the least (raise desired, or lower min)
    # above the maximum
    error above-maximum, line 100, $.parameters[0].desired: Guardian review window shall be 1201, and 1200 is the most (lower desired, or raise max)
    # bounds crossed
    error bounds-crossed, line 101, $.parameters[0].min: the least 1300 is more than the most 1200 (exchange them)
    # without bounds
    nothing
    # not whole
    error wrong-type, line 100, $.parameters[0].desired: expected a whole number that is not negative, found the number 720.5 (write digits only; in quotes where a number would be too large)
    # digits as text
    nothing
    # words as text
    error wrong-type, line 100, $.parameters[0].desired: expected a whole number that is not negative, found the text "many" (write digits only; in quotes where a number would be too large)
    # negative
    error wrong-type, line 100, $.parameters[0].desired: expected a whole number that is not negative, found the number -1 (write digits only; in quotes where a number would be too large)
    # too large for the contract
    error out-of-range, line 100, $.parameters[0].desired: 18446744073709551616 is too large for uint64 (the function takes no larger number)
    # more than the whole
    error out-of-range, line 120, $.parameters[2].desired: 10001 basis points are more than the whole (write 10000 at most)
    # no time at all
    error out-of-range, line 100, $.parameters[0].desired: the contract refuses a guardianReviewWindow of zero (write seconds)
    # a path with nothing in it
    error malformed, line 97, $.parameters[0].path: "global..x" is not a path into a manifest (write its steps with points between, as in global.heartbeatSeconds)
    # one path twice
    error duplicate-id, line 105, $.parameters[1]: two entries have the path `global.guardianReviewWindow` (give each its own)
    # a call of nothing
    error malformed, line 103, $.parameters[0].call: "updateRiskParameters" is no call of a function (write name and types, as in updateRiskParameters(uint64,uint64,uint256))
    # a call of another's
    warning unknown-function, line 103, $.parameters[0].call: these contracts have no function "setGuardianReviewWindow(uint256)" for the owner (updateRiskParameters is used, which changes what stands at this path)
    # a call of another's, for what no contract holds
    warning unknown-function, line 103, $.parameters[0].call: these contracts have no function "setAutonomyCap(uint16)" for the owner (no contract holds what stands at this path: it is shown, and changed in the manifest)
    # a call without the argument
    error no-such-argument, line 103, $.parameters[0].call: "setGuardianCouncil(address)" has no whole number named `guardianReviewWindow` (name the function that changes what stands at the path)
    # unknown severity
    error unknown-severity, line 140, $.tripwires[0].severity: "fatal" is not a severity (write "info", "warning" or "critical")
    # one tripwire twice
    error duplicate-id, line 143, $.tripwires[1]: two entries have the id `budget-surge` (give each its own)
    # no surface
    error no-surfaces, line 10, $.controlSurfaces: there is no control surface, so the owner governs nothing (add at least one contract)
    warning unknown-key, line 10, $.was: `was` is not a known key and is ignored (take it out, or check its spelling)
    # an unknown contract
    error not-an-address, line 38, $.controlSurfaces[1].address: "0xSystemBreak" is neither an address nor a contract's name (write 0x and 40 hex digits, or 0x and a name such as SystemPause)
    # a function of another's
    info unknown-function, line 44, $.controlSurfaces[1].methods[0].signature: these contracts have no function "function pauseSome(uint8 which)" for the owner (it is shown, and cannot be called from here)
    # no function
    error malformed, line 44, $.controlSurfaces[1].methods[0].signature: "pause all" declares no function (write it as `function name(type name, …)`)
    # no ci
    error missing, line 1, $.ci: `ci` is missing (correct the spelling of `cj`)
    warning unknown-key, line 156, $.cj: `cj` is not a known key and is ignored (did you mean `ci`?)
    "#);
}

#[test]
fn wrong_extensions_are_explained() {
    let shown = extensions(&[
        ("the usual file, with a manifest", &[]),
        ("a sentinel that is not there", &[("solar-shield", "lunar-shield")]),
        ("nothing to depend on", &[("\"type\": \"sentinel\"", "\"type\": \"moon\"")]),
        ("odd hex", &[("\"initializer\": \"0x\"", "\"initializer\": \"0x123\"")]),
        ("not hex", &[("\"initializer\": \"0x\"", "\"initializer\": \"init()\"")]),
        ("shorter than a selector", &[("\"initializer\": \"0x\"", "\"initializer\": \"0x1234\"")]),
        ("no window", &[("\"upgradeWindowHours\": 6", "\"upgradeWindowHours\": 0")]),
        ("half a window", &[("\"upgradeWindowHours\": 6", "\"upgradeWindowHours\": 6.5")]),
        (
            "a short checksum",
            &[
                ("\"version\":", "\"x\": 1, \"version\":"),
                ("\"valueLevers\"", "\"checksum\": \"0x12\", \"valueLevers\""),
            ],
        ),
        ("no address", &[("\"0xAttestationModule\"", "\"somewhere\"")]),
        (
            "a guardian without an address",
            &[("\"0x15d34AAf54267DB7D7c367839AAf71A00a2C6A65\"", "\"0xGuardian\"")],
        ),
        ("one slug twice", &[("\"capital-stream-router-v2\"", "\"sentinel-orchestrator-v3\"")]),
        ("one module twice", &[("\"CapitalStreamRouter\"", "\"SentinelOrchestrator\"")]),
    ]);

    insta::assert_snapshot!(shown, @r#"
    # the usual file, with a manifest
    nothing
    # a sentinel that is not there
    error missing-dependency, line 16, $.extensions[0].dependencies[0]: the manifest has no sentinel `lunar-shield` (add it to the manifest, or take the dependency out)
    # nothing to depend on
    error unknown-dependency, line 16, $.extensions[0].dependencies[0].type: "moon" is nothing to depend on (write domain, sentinel, stream, aiTeam or protocol)
    # odd hex
    error malformed, line 12, $.extensions[0].initializer: "0x123" is no call in hex (write 0x and an even number of hex digits; 0x alone for none)
    # not hex
    error malformed, line 12, $.extensions[0].initializer: "init()" is no call in hex (write 0x and an even number of hex digits; 0x alone for none)
    # shorter than a selector
    warning initializer-too-short, line 12, $.extensions[0].initializer: the initializer has 2 bytes, and the coordinator refuses less than a selector's four: write a call, or 0x (until then this extension cannot be staged)
    # no window
    error out-of-range, line 14, $.extensions[0].upgradeWindowHours: 0 is out of range for a whole number of hours (write one from 1 to 8784)
    # half a window
    error wrong-type, line 14, $.extensions[0].upgradeWindowHours: expected a whole number of hours, found 6.5 (write one from 1 to 8784)
    # a short checksum
    warning unknown-key, line 3, $.x: `x` is not a known key and is ignored (take it out, or check its spelling)
    error malformed, line 36, $.extensions[0].checksum: "0x12" is not a checksum of 32 bytes (write 0x and 64 hex digits)
    # no address
    error not-an-address, line 11, $.extensions[0].implementation: "somewhere" is neither an address nor a contract's name (write 0x and 40 hex digits, or 0x and a name such as SystemPause)
    # a guardian without an address
    error not-an-address, line 21, $.extensions[0].guardianApprovers[0]: "0xGuardian" is not an address (write 0x and 40 hex digits; here are 8 characters after the 0x)
    # one slug twice
    error duplicate-id, line 38, $.extensions[1]: two entries have the slug `sentinel-orchestrator-v3` (give each its own)
    # one module twice
    warning module-twice, line 38, $.extensions[1]: `SentinelOrchestrator` is the module of an earlier extension too (a module has one staged extension: the later takes its place)
    "#);
}

#[test]
fn what_needs_the_manifest_is_said_to_be_unchecked() {
    let findings = read_extensions(EXTENSIONS, None).findings;

    let warnings: Vec<String> = findings
        .iter()
        .filter(|finding| finding.code == "dependencies-unchecked")
        .map(ToString::to_string)
        .collect();
    insta::assert_snapshot!(warnings.join("\n"), @r"
    warning dependencies-unchecked, line 6, $.extensions[0]: dependencies cannot be checked without the manifest (upload the manifest as well, or check by hand that it has them)
    ");
}

#[test]
fn files_of_another_kind_are_not_taken_for_directives_or_extensions() {
    let found = [JOB, "{}", "[]", EXTENSIONS].map(|text| shown(&read_directives(text).findings));
    let extensions = [JOB, "{\"extensions\": []}", DIRECTIVES]
        .map(|text| shown(&read_extensions(text, None).findings));

    insta::assert_snapshot!([found.join("\n"), extensions.join("\n")].join("\n"), @r"
    error not-directives, line 1, $: this is not a file of owner directives (expected the keys controlSurfaces and parameters)
    error not-directives, line 1, $: this is not a file of owner directives (expected the keys controlSurfaces and parameters)
    error wrong-type, line 1, $: expected an object, found a list (write it as { … })
    error not-directives, line 1, $: this is not a file of owner directives (expected the keys controlSurfaces and parameters)
    error not-extensions, line 1, $: this is not a file of contract extensions (expected the key extensions)
    error no-extensions, line 1, $.extensions: there is no extension in the file (add at least one)
    error not-extensions, line 1, $: this is not a file of contract extensions (expected the key extensions)
    ");
}
