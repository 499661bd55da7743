//! Messages that hold, and every way in which they do not.

use alloy_primitives::address;
use proptest::prelude::*;

use super::*;

const NOW: u64 = 1_795_415_820_000;

fn message() -> Message {
    Message {
        scheme: None,
        domain: "127.0.0.1:8080".to_owned(),
        address: address!("f39Fd6e51aad88F6F4ce6aB8827279cffFb92266"),
        statement: Some("Read and prepare. This signs nothing else.".to_owned()),
        uri: "http://127.0.0.1:8080".to_owned(),
        chain_id: 31_337,
        nonce: "0123456789abcdef".to_owned(),
        issued_at: Timestamp::from_millis(NOW),
        expiration_time: Some(Timestamp::from_millis(NOW + 600_000)),
        not_before: None,
        request_id: None,
        resources: Vec::new(),
    }
}

fn expected() -> Expected<'static> {
    let now = Timestamp::from_millis(NOW + 1_000);
    Expected { domain: "127.0.0.1:8080", chain_id: 31_337, now, most_age: 600_000 }
}

#[test]
fn a_message_is_written_as_the_eip_has_it() {
    insta::assert_snapshot!(message(), @r"
    127.0.0.1:8080 wants you to sign in with your Ethereum account:
    0xf39Fd6e51aad88F6F4ce6aB8827279cffFb92266

    Read and prepare. This signs nothing else.

    URI: http://127.0.0.1:8080
    Version: 1
    Chain ID: 31337
    Nonce: 0123456789abcdef
    Issued At: 2026-11-23T06:37:00Z
    Expiration Time: 2026-11-23T06:47:00Z
    ");
}

/// The example of the EIP's own text.
#[test]
fn the_eips_own_example_is_read() {
    let text = "\
example.com wants you to sign in with your Ethereum account:
0xC02aaA39b223FE8D0A0e5C4F27eAD9083C756Cc2

I accept the ExampleOrg Terms of Service: https://example.com/tos

URI: https://example.com/login
Version: 1
Chain ID: 1
Nonce: 32891756
Issued At: 2021-09-30T16:25:24Z
Resources:
- ipfs://bafybeiemxf5abjwjbikoz4mc3a3dla6ual3jsgpdr4cjr3oz3evfyavhwq/
- https://example.com/my-web2-claim.json";

    let message: Message = text.parse().unwrap();

    assert_eq!(message.to_string(), text);
    assert_eq!(message.resources.len(), 2);
    let with_port = text.replacen("example.com", "https://example.com:3388", 1);
    let message: Message = with_port.parse().unwrap();
    assert_eq!((message.scheme.as_deref(), &*message.domain), (Some("https"), "example.com:3388"));
    let without_statement =
        text.replace("I accept the ExampleOrg Terms of Service: https://example.com/tos\n", "");
    assert_eq!(without_statement.parse::<Message>().unwrap().statement, None);
}

#[test]
fn a_message_outside_the_grammar_is_refused_by_line() {
    let good = message().to_string();
    let long = "x".repeat(MAX_BYTES + 1);
    let cases: [(String, &str); 17] = [
        (String::new(), "line 1 of the message must be a host with the words"),
        (good.replace('\n', "\r\n"), "line 1 of the message must be a host"),
        (good.replace("127.0.0.1:8080 wants", " wants"), "line 1"),
        (good.replace("127.0.0.1:8080 wants", "a/b wants"), "line 1"),
        (
            good.replace("0xf39F", "0xf39f"),
            "line 2 of the message must be an address with its EIP-55 checksum",
        ),
        (good.replace("Read and", "Rëad and"), "line 4 of the message must be a statement"),
        (good.replace("else.\n", "else.\nand more\n"), "line 5 of the message must be empty"),
        (good.replace("URI: http:", "URI: http"), "line 6"),
        (
            good.replace("Version: 1", "Version: 2"),
            "line 7 of the message must be “Version: 1”; found \"Version: 2\"",
        ),
        (good.replace("ID: 31337", "ID: 0x7a69"), "line 8"),
        (good.replace("ID: 31337", "ID: +31337"), "line 8"),
        (good.replace("0123456789abcdef", "0123"), "line 9"),
        (good.replace("0123456789abcdef", "0123456789ab-def"), "line 9"),
        (good.replace("At: 2026-11-23T06:37:00Z", "At: 2026-11-23"), "line 10"),
        (format!("{good}\n"), "line 12 of the message must be the end"),
        (format!("{good}\nResources:\nhttps://a.example"), "line 13"),
        (long, "the message has 4097 bytes"),
    ];
    for (text, words) in cases {
        let error = text.parse::<Message>().unwrap_err().to_string();
        assert!(error.contains(words), "{error}\n{text}");
    }
    for (at, _) in good.match_indices('\n') {
        let cut = &good[..at];
        if !cut.contains("Issued At") {
            assert!(cut.parse::<Message>().is_err(), "{cut}");
        }
    }
}

#[test]
fn a_message_for_another_site_chain_or_time_is_refused_in_words() {
    let change = |change: fn(&mut Message)| {
        let mut message = message();
        change(&mut message);
        message.judge(&expected()).map_err(|refused| refused.to_string())
    };
    let later = Timestamp::from_millis(NOW + 3_600_000);
    assert_eq!(message().judge(&expected()), Ok(()));
    assert_eq!(change(|it| it.uri = "http://127.0.0.1:8080/missions?a#b".to_owned()), Ok(()));
    assert_eq!(change(|it| it.issued_at = it.issued_at.plus_millis(30_000)), Ok(()));
    for (found, words) in [
        (
            change(|it| it.domain = "evil.example".to_owned()),
            "signed for the site \"evil.example\", and this is \"127.0.0.1:8080\"",
        ),
        (
            change(|it| it.domain = "127.0.0.1:8081".to_owned()),
            "signed for the site \"127.0.0.1:8081\"",
        ),
        (
            change(|it| it.scheme = Some("ipfs".to_owned())),
            "signed for the site \"ipfs://127.0.0.1:8080\"",
        ),
        (
            change(|it| it.uri = "https://evil.example/127.0.0.1:8080".to_owned()),
            "is for \"https://evil.example",
        ),
        (change(|it| it.uri = "urn:x:127.0.0.1:8080".to_owned()), "which is not a place of"),
        (
            change(|it| it.uri = "http://127.0.0.1:8080.evil.example".to_owned()),
            "which is not a place of",
        ),
        (
            change(|it| it.uri = "http://127.0.0.1:8080@evil.example".to_owned()),
            "which is not a place of",
        ),
        (change(|it| it.scheme = Some("https".to_owned())), "which is not a place of"),
        (change(|it| it.chain_id = 1), "for chain 1, and this is chain 31337"),
        (
            change(|it| it.issued_at = it.issued_at.plus_millis(3_600_000)),
            "is in the future: set the clock",
        ),
        (
            change(|it| it.expiration_time = Some(it.issued_at)),
            "was good until 2026-11-23T06:37:00Z",
        ),
        (
            change(|it| it.not_before = Some(it.issued_at.plus_millis(3_600_000))),
            "counts from 2026-11-23T07:37:00Z on",
        ),
        (
            change(|it| {
                it.issued_at = Timestamp::from_millis(NOW - 3_600_000);
                it.expiration_time = None;
            }),
            "too long ago: sign a new one",
        ),
    ] {
        let error = found.unwrap_err();
        assert!(error.contains(words), "{error}");
    }
    let expired = message().judge(&Expected { now: later, ..expected() }).unwrap_err();
    assert!(matches!(expired, NotHeld::Expired(_)));
}

fn messages() -> impl Strategy<Value = Message> {
    let moment =
        || (0_u64..4_000_000_000).prop_map(|seconds| Timestamp::from_millis(seconds * 1_000));
    let uri = || "[a-z][a-z0-9]{0,5}://[a-zA-Z0-9._~:/?#@!$&'()*+,;=-]{1,30}";
    (
        (
            prop::option::of("[a-z][a-z0-9+.-]{0,8}"),
            "[a-z0-9][a-z0-9.-]{0,20}(:[0-9]{1,5})?",
            any::<[u8; 20]>(),
            prop::option::of("[ -!#-$&-;=?-\\[\\]_a-z~]{1,60}"),
            uri(),
            any::<u64>(),
        ),
        (
            "[a-zA-Z0-9]{8,40}",
            moment(),
            prop::option::of(moment()),
            prop::option::of(moment()),
            prop::option::of("[a-zA-Z0-9._~!$&'()*+,;=:@-]{0,20}"),
            prop::collection::vec(uri(), 0..4),
        ),
    )
        .prop_map(|((scheme, domain, address, statement, uri, chain_id), more)| {
            let (nonce, issued_at, expiration_time, not_before, request_id, resources) = more;
            let address = Address::from(address);
            Message {
                scheme,
                domain,
                address,
                statement,
                uri,
                chain_id,
                nonce,
                issued_at,
                expiration_time,
                not_before,
                request_id,
                resources,
            }
        })
}

proptest! {
    #[test]
    fn whatever_is_written_is_read_as_it_was(message in messages()) {
        prop_assert_eq!(message.to_string().parse::<Message>(), Ok(message));
    }

    #[test]
    fn no_text_breaks_the_reader(text in "(?s).{0,300}") {
        let _ = text.parse::<Message>();
    }

    /// Reading is strict: what is read is written again as the very text that was signed, but for the spelling of moments.
    #[test]
    fn a_changed_byte_is_refused_or_seen(message in messages(), at in any::<prop::sample::Index>(), byte in 0x20_u8..0x7f) {
        let text = message.to_string();
        let mut changed = text.into_bytes();
        let at = at.index(changed.len());
        prop_assume!(changed[at] != byte);
        changed[at] = byte;
        let changed = String::from_utf8(changed).unwrap();
        if let Ok(read) = changed.parse::<Message>() {
            prop_assert!(read != message, "{changed}");
        }
    }
}
