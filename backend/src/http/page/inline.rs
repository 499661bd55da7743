//! Inline scripts of the page's one HTML file, as the content security policy names them.

use sha2::{Digest, Sha256};

/// `'sha256-…'` of every script in the file that has content of its own.
pub(super) fn script_sources(html: &str) -> Vec<String> {
    let mut sources = Vec::new();
    let mut rest = html;
    while let Some((_, after)) = rest.split_once("<script") {
        let Some((attributes, content)) = after.split_once('>') else { break };
        let Some((script, following)) = content.split_once("</script") else { break };
        if !script.trim().is_empty() && !attributes.contains(" src=") {
            sources.push(format!("'sha256-{}'", base64(&Sha256::digest(script.as_bytes()))));
        }
        rest = following;
    }
    sources
}

/// Base64 with padding (RFC 4648), as integrity hashes are written.
pub(crate) fn base64(bytes: &[u8]) -> String {
    const DIGITS: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    let mut text = String::new();
    for chunk in bytes.chunks(3) {
        let word = chunk
            .iter()
            .chain([&0, &0])
            .take(3)
            .fold(0_usize, |word, byte| (word << 8) | usize::from(*byte));
        for (index, shift) in [18, 12, 6, 0].into_iter().enumerate() {
            let digit = DIGITS.get((word >> shift) & 63).copied().unwrap_or_default();
            text.push(if index <= chunk.len() { char::from(digit) } else { '=' });
        }
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn base64_equals_the_vectors_of_its_rfc() {
        for (bytes, text) in [
            ("", ""),
            ("f", "Zg=="),
            ("fo", "Zm8="),
            ("foo", "Zm9v"),
            ("foob", "Zm9vYg=="),
            ("foobar", "Zm9vYmFy"),
        ] {
            assert_eq!(base64(bytes.as_bytes()), text);
        }
    }

    #[test]
    fn only_scripts_with_content_are_named() {
        let html = "<head><script src=\"/a.js\"></script><script type=\"module\">doSomething();</script></head>";

        // The example of the Content Security Policy specification.
        assert_eq!(
            script_sources("<script>alert('Hello, world.');</script>"),
            ["'sha256-qznLcsROx4GACP2dm0UCKCzCG+HiZ1guq6ZZDob/Tng='"]
        );
        assert_eq!(script_sources(html).len(), 1);
    }
}
