//! Policies and adapters that are wrong.

use phase8_shared::policy::{read_adapters, read_policies};

use crate::support::{ADAPTERS, JOB, POLICIES, changed, shown};

type Table<'t> = &'t [(&'t str, &'t [(&'t str, &'t str)])];

fn policies(rows: Table<'_>) -> String {
    let row = |(title, changes): &(&str, &[(&str, &str)])| {
        format!("# {title}\n{}", shown(&read_policies(&changed(POLICIES, changes)).findings))
    };
    rows.iter().map(row).collect::<Vec<_>>().join("\n")
}

fn adapters(rows: Table<'_>) -> String {
    let row = |(title, changes): &(&str, &[(&str, &str)])| {
        format!("# {title}\n{}", shown(&read_adapters(&changed(ADAPTERS, changes)).findings))
    };
    rows.iter().map(row).collect::<Vec<_>>().join("\n")
}

#[test]
fn wrong_policies_are_explained() {
    let owner = "\"owner\": \"0xf39Fd6e51aad88F6F4ce6aB8827279cffFb92266\"";
    let shown = policies(&[
        ("no owner", &[(owner, "\"ownr\": \"0xf39Fd6e51aad88F6F4ce6aB8827279cffFb92266\"")]),
        ("a name for the owner", &[(owner, "\"owner\": \"0xOwner\"")]),
        ("sensitivity in small letters", &[("\"MEDIUM\"", "\"medium\"")]),
        ("unknown sensitivity", &[("\"MEDIUM\"", "\"PARANOID\"")]),
        (
            "a council member twice",
            &[(
                "\"0x9965507D1a55bcC2695C58ba16FB37d819B0A4dc\"",
                "\"0x15d34AAf54267DB7D7c367839AAf71A00a2C6A65\"",
            )],
        ),
        ("a tier without a multiplier", &[("\"PRO\": { \"multiplier\": 2 }", "\"PRO\": {}")]),
        ("a bare multiplier", &[("\"PRO\": { \"multiplier\": 2 }", "\"PRO\": 2")]),
        ("no method", &[("\"PauseGuardian.pauseAll\"", "\"pauseAll\"")]),
        ("text for a flag", &[("\"globalPause\": false", "\"globalPause\": \"false\"")]),
    ]);

    insta::assert_snapshot!(shown, @r#"
    # no owner
    error missing, line 1, $.owner: `owner` is missing (correct the spelling of `ownr`)
    warning unknown-key, line 3, $.ownr: `ownr` is not a known key and is ignored (did you mean `owner`?)
    # a name for the owner
    error not-an-address, line 3, $.owner: "0xOwner" is not an address (write 0x and 40 hex digits; here are 5 characters after the 0x)
    # sensitivity in small letters
    error unknown-sensitivity, line 11, $.tripwireSensitivity: "medium" is not a sensitivity (write "LOW", "MEDIUM" or "HIGH")
    # unknown sensitivity
    error unknown-sensitivity, line 11, $.tripwireSensitivity: "PARANOID" is not a sensitivity (write "LOW", "MEDIUM" or "HIGH")
    # a council member twice
    warning listed-twice, line 6, $.governanceCouncil[1]: 0x15d34AAf54267DB7D7c367839AAf71A00a2C6A65 is listed twice (take one of them out)
    # a tier without a multiplier
    error missing, line 16, $.stakeTiers.PRO.multiplier: `multiplier` is missing (add "multiplier" here)
    # a bare multiplier
    error wrong-type, line 16, $.stakeTiers.PRO: expected an object, found the number 2 (write it as { … })
    # no method
    error malformed, line 26, $.upgradeHooks.onEmergency: "pauseAll" is not a contract's method (write it as Contract.method)
    # text for a flag
    error wrong-type, line 10, $.globalPause: expected true or false, found the text "false" (write true or false without quotes)
    "#);
}

#[test]
fn wrong_adapters_are_explained() {
    let shown = adapters(&[
        ("no price", &[("\"costUSDPer1KTokens\": 0.012,", "")]),
        ("free", &[("0.012", "0")]),
        ("negative", &[("0.012", "-0.012")]),
        ("price as text", &[("0.012", "\"0.012\"")]),
        ("finer than a micro-dollar", &[("0.012", "0.0000375")]),
        ("absurd price", &[("0.012", "1e9")]),
        ("one id twice", &[("\"code-savant-x\"", "\"gpt-elite-256k\"")]),
        ("too safe", &[("0.97", "97")]),
        ("not a date", &[("\"2026-06-01T00:00:00Z\"", "\"last week\"")]),
        ("unknown endpoint", &[("\"kind\": \"rehearsal\"", "\"kind\": \"open-ai\"")]),
        (
            "endpoint without a URL",
            &[("\"kind\": \"rehearsal\"", "\"kind\": \"openai\", \"model\": \"m\"")],
        ),
        (
            "a key in the file",
            &[(
                "\"kind\": \"rehearsal\"",
                "\"kind\": \"openai\", \"model\": \"m\", \"baseUrl\": \"https://h/v1\", \"apiKeyEnv\": \"sk-secret\"",
            )],
        ),
        (
            "a password in the URL",
            &[(
                "\"kind\": \"rehearsal\"",
                "\"kind\": \"openai\", \"model\": \"m\", \"baseUrl\": \"https://me:secret@h/v1\"",
            )],
        ),
        (
            "not encrypted",
            &[(
                "\"kind\": \"rehearsal\"",
                "\"kind\": \"openai\", \"model\": \"m\", \"baseUrl\": \"http://models.example/v1\"",
            )],
        ),
        (
            "not encrypted, on this machine",
            &[(
                "\"kind\": \"rehearsal\"",
                "\"kind\": \"openai\", \"model\": \"m\", \"baseUrl\": \"http://127.0.0.1:8080/v1\"",
            )],
        ),
        (
            "not a URL",
            &[(
                "\"kind\": \"rehearsal\"",
                "\"kind\": \"openai\", \"model\": \"m\", \"baseUrl\": \"models.example\"",
            )],
        ),
        (
            "a scored file",
            &[("\"maxContext\": 262144,", "\"maxContext\": 262144, \"compositeScore\": 20.5,")],
        ),
    ]);

    insta::assert_snapshot!(shown, @r#"
    # no price
    warning unknown-price, line 2, $[0].costUSDPer1KTokens: costUSDPer1KTokens is missing, so the price is not known (write the price of a thousand tokens; until then no job may use this adapter)
    # free
    warning unknown-price, line 6, $[0].costUSDPer1KTokens: a price of 0 is taken as not known (write the price of a thousand tokens; until then no job may use this adapter)
    # negative
    warning unknown-price, line 6, $[0].costUSDPer1KTokens: a price of -0.012 is taken as not known (write the price of a thousand tokens; until then no job may use this adapter)
    # price as text
    error wrong-type, line 6, $[0].costUSDPer1KTokens: expected a price in US dollars, found the text "0.012" (write 0.012 without quotes)
    # finer than a micro-dollar
    info price-rounded, line 6, $[0].costUSDPer1KTokens: the price 0.0000375 is finer than a millionth of a dollar and was rounded up (nothing to do: spend is counted a trifle too high, never too low)
    # absurd price
    error out-of-range, line 6, $[0].costUSDPer1KTokens: 1e9 is out of range for the price of a thousand tokens (write a number above 0 and up to 10000)
    # one id twice
    error duplicate-id, line 11, $[1]: two adapters have the id `gpt-elite-256k` (give each its own id)
    # too safe
    error out-of-range, line 7, $[0].safetyScore: 97 is out of range for a score (write a number from 0 to 1)
    # not a date
    error malformed, line 9, $[0].lastValidated: "last week" is not a date and time (write it as 2025-07-01T00:00:00Z)
    # unknown endpoint
    error unknown-endpoint, line 37, $[3].endpoint.kind: "open-ai" is not a kind of endpoint (write "openai" for any endpoint that speaks its protocol, or "rehearsal")
    # endpoint without a URL
    error missing, line 37, $[3].endpoint.baseUrl: `baseUrl` is missing (add "baseUrl" here)
    # a key in the file
    error secret-in-file, line 37, $[3].endpoint.apiKeyEnv: apiKeyEnv is not the name of an environment variable (write a name in capitals such as MODEL_API_KEY, never the key itself, and set the variable where the server starts)
    # a password in the URL
    error secret-in-file, line 37, $[3].endpoint.baseUrl: the URL holds a user name or password (take it out; name a variable in apiKeyEnv instead)
    # not encrypted
    warning unencrypted, line 37, $[3].endpoint.baseUrl: prompts and the key travel unencrypted to this endpoint (write https:// if it offers that)
    # not encrypted, on this machine
    nothing
    # not a URL
    error malformed, line 37, $[3].endpoint.baseUrl: "models.example" is not the URL of an endpoint (write it as https://host/v1)
    # a scored file
    nothing
    "#);
}

#[test]
fn a_secret_is_never_repeated_in_a_finding() {
    let endpoint = "\"kind\": \"openai\", \"model\": \"m\", \"baseUrl\": \"https://me:hunter2@h/v1\", \"apiKeyEnv\": \"hunter2\"";

    let findings =
        read_adapters(&changed(ADAPTERS, &[("\"kind\": \"rehearsal\"", endpoint)])).findings;

    assert!(findings.has_errors());
    assert!(!shown(&findings).contains("hunter2"));
}

#[test]
fn files_of_another_kind_are_not_taken_for_policies_or_adapters() {
    let found = [
        read_policies("{}").findings,
        read_policies(ADAPTERS).findings,
        read_policies(JOB).findings,
    ]
    .map(|findings| shown(&findings));
    let adapters = [read_adapters("[]").findings, read_adapters(POLICIES).findings]
        .map(|findings| shown(&findings));

    insta::assert_snapshot!([found.join("\n"), adapters.join("\n")].join("\n"), @r"
    error not-policies, line 1, $: this is not a file of governance policies (expected the keys owner, pauseGuardian and stakeTiers)
    error wrong-type, line 1, $: expected an object, found a list (write it as { … })
    error not-policies, line 1, $: this is not a file of governance policies (expected the keys owner, pauseGuardian and stakeTiers)
    error no-adapters, line 1, $: there is no model adapter, so no agent could work (add at least one)
    error wrong-type, line 1, $: expected a list, found an object (write it as [ … ], with its entries between commas)
    ");
}
