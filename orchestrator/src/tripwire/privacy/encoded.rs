//! Text that is packed in Base64 (RFC 4648), unpacked once.

use std::ops::Range;

use base64::Engine as _;
use base64::alphabet;
use base64::engine::DecodePaddingMode;
use base64::engine::general_purpose::{GeneralPurpose, GeneralPurposeConfig};

use super::scan::Set;
use crate::tripwire::normal::Normal;

/// Shorter parts hold nothing that a rule could find.
const LEAST: usize = 16;
const LENIENT: GeneralPurpose = GeneralPurpose::new(
    &alphabet::STANDARD,
    GeneralPurposeConfig::new()
        .with_decode_allow_trailing_bits(true)
        .with_decode_padding_mode(DecodePaddingMode::Indifferent),
);

/// Where packed text stands, and what it is.
pub(super) fn parts(view: &Normal) -> Vec<(Range<usize>, String)> {
    let mut parts = Vec::new();
    let mut at = 0;
    while at < view.bytes().len() {
        if !Set::Base64.has(view.at(at)) {
            at = at.saturating_add(1);
            continue;
        }
        let (packed, end) = run(view, at);
        if packed.len() >= LEAST
            && let Some(text) = unpack(&packed)
        {
            parts.push((at..end, text));
        }
        at = end;
    }
    parts
}

/// The characters from there on, over the ends of long lines, and where they end.
fn run(view: &Normal, from: usize) -> (Vec<u8>, usize) {
    let mut packed = Vec::new();
    let mut at = from;
    let mut line = 0_usize;
    loop {
        let byte = view.at(at);
        if Set::Base64.has(byte) {
            packed.push(match byte {
                b'-' => b'+',
                b'_' => b'/',
                byte => byte,
            });
            line = line.saturating_add(1);
        } else if byte == b'\n' && line >= 60 && Set::Base64.has(view.at(at.saturating_add(1))) {
            line = 0;
        } else {
            return (packed, at);
        }
        at = at.saturating_add(1);
    }
}

/// What is packed, if it is text.
fn unpack(packed: &[u8]) -> Option<String> {
    // A last character on its own cannot carry a byte.
    let whole = packed.len().checked_sub(usize::from(packed.len() % 4 == 1))?;
    let bytes = LENIENT.decode(packed.get(..whole)?).ok()?;
    let text = String::from_utf8(bytes).ok()?;
    let printable = text.chars().filter(|c| !c.is_control() || c.is_whitespace()).count();
    (printable.saturating_mul(20) >= text.chars().count().saturating_mul(19)).then_some(text)
}
