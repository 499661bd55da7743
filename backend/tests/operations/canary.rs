//! Secrets that are recognised wherever they turn up: as they are, and as programs write bytes.

use alloy::hex;
use base64::Engine as _;
use base64::engine::general_purpose::{STANDARD, URL_SAFE};
use phase8_orchestrator::ports::{Ids as _, SystemIds};

/// A planted secret.
#[derive(Debug, Clone)]
pub(crate) struct Canary {
    pub(crate) name: &'static str,
    pub(crate) text: String,
    forms: Vec<String>,
}

/// 32 random bytes in hex: no test finds another's.
pub(crate) fn random() -> String {
    hex::encode(SystemIds.salt().unwrap().0)
}

impl Canary {
    /// A secret text.
    pub(crate) fn new(name: &'static str, text: impl Into<String>) -> Self {
        let text = text.into();
        assert!(text.len() >= 12, "{name} would be found by chance");
        let mut forms =
            vec![text.clone(), text.to_uppercase(), text.to_lowercase(), encoded(&text)];
        forms.extend(as_bytes(text.as_bytes()));
        // What is written in hex is bytes.
        if let Ok(bytes) = hex::decode(&text) {
            forms.extend(as_bytes(&bytes));
            forms.push(format!("{bytes:?}").trim_matches(['[', ']']).to_owned());
        }
        forms.sort();
        forms.dedup();
        Self { name, text, forms }
    }

    /// How many forms of it are looked for.
    pub(crate) fn forms(&self) -> usize {
        self.forms.len()
    }

    /// The first form of it that stands in a text.
    pub(crate) fn find_in(&self, text: &str) -> Option<&str> {
        self.forms.iter().map(String::as_str).find(|form| text.contains(form))
    }
}

/// Hex and base64. In a longer text base64 begins at one of three places in a group, and its ends depend on what is beside.
fn as_bytes(bytes: &[u8]) -> Vec<String> {
    let mut forms = vec![hex::encode(bytes), hex::encode_upper(bytes)];
    for engine in [STANDARD, URL_SAFE] {
        for (pad, skip) in [(0, 0), (1, 2), (2, 3)] {
            let padded = [&vec![0; pad], bytes].concat();
            let whole = engine.encode(padded);
            let kept = whole.trim_end_matches('=');
            forms.push(kept[skip..kept.len() - 2].to_owned());
        }
    }
    forms
}

/// As it stands in an address.
fn encoded(text: &str) -> String {
    let encode = |byte: u8| {
        if byte.is_ascii_alphanumeric() || b"-._~".contains(&byte) {
            char::from(byte).to_string()
        } else {
            format!("%{byte:02X}")
        }
    };
    text.bytes().map(encode).collect()
}

#[test]
fn a_canary_is_found_in_every_form_and_nothing_else_is() {
    let canary = Canary::new("test", "s3cret/with+signs");
    let base64 = |text: &str| STANDARD.encode(text);
    for text in [
        "x s3cret/with+signs y".to_owned(),
        "postgres://a:s3cret%2Fwith%2Bsigns@h".to_owned(),
        hex::encode("..s3cret/with+signs.."),
        base64("user:s3cret/with+signs"),
        base64("a s3cret/with+signs b"),
        base64("ab s3cret/with+signs"),
        URL_SAFE.encode("s3cret/with+signs"),
    ] {
        assert!(canary.find_in(&text).is_some(), "{text}");
    }
    assert_eq!(canary.find_in("s3cret with signs"), None);
    let bytes = Canary::new("bytes", "00112233445566778899aabbccddeeff");
    assert!(
        bytes
            .find_in(
                "key: [0, 17, 34, 51, 68, 85, 102, 119, 136, 153, 170, 187, 204, 221, 238, 255]"
            )
            .is_some()
    );
}
