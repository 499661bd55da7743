//! What a second device scans to compare: chain, door, nonce, deadline and digest of a request.

use std::fmt::{self, Write as _};
use std::str::FromStr;

use alloy_primitives::{Address, B256, U256};
use qrcodegen::QrCodeEcc;
use serde::{Deserialize, Serialize};

use crate::chain::OwnerRequest;

/// Light modules that the standard asks for on each side.
const QUIET: i32 = 4;

/// The text in the code: `phase8:request:<chain id>:<proxy>:<nonce>:<deadline>:<digest>`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct QrText {
    /// EIP-155 chain id.
    pub chain_id: u64,
    /// The owner's door.
    pub proxy: Address,
    /// The owner's nonce at the door.
    pub nonce: U256,
    /// Unix seconds after which the signature is void.
    pub deadline: u64,
    /// The EIP-712 digest.
    pub digest: B256,
}

/// The text names no request.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("not a request: expected phase8:request:<chain id>:<proxy>:<nonce>:<deadline>:<digest>")]
pub struct ParseQrTextError;

/// A QR code, drawn: dark modules as one path in a square.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct QrCode {
    /// What it says.
    pub text: String,
    /// Side of the square in modules, border included: the view box is `0 0 size size`.
    pub size: u32,
    /// The dark modules, as the `d` of an SVG path.
    pub path: String,
}

impl QrText {
    /// The text for a request.
    pub fn of(request: &OwnerRequest) -> Self {
        Self {
            chain_id: request.chain_id,
            proxy: request.proxy,
            nonce: request.nonce,
            deadline: request.deadline,
            digest: request.digest(),
        }
    }
}

impl fmt::Display for QrText {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { chain_id, proxy, nonce, deadline, digest } = self;
        write!(f, "phase8:request:{chain_id}:{proxy}:{nonce}:{deadline}:{digest}")
    }
}

impl FromStr for QrText {
    type Err = ParseQrTextError;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let parts: Vec<&str> = text.split(':').collect();
        let &["phase8", "request", chain_id, proxy, nonce, deadline, digest] = parts.as_slice()
        else {
            return Err(ParseQrTextError);
        };
        let nonce = U256::from_str_radix(nonce, 10).map_err(|_| ParseQrTextError)?;
        let read = Self {
            chain_id: chain_id.parse().map_err(|_| ParseQrTextError)?,
            proxy: proxy.parse().map_err(|_| ParseQrTextError)?,
            nonce,
            deadline: deadline.parse().map_err(|_| ParseQrTextError)?,
            digest: digest.parse().map_err(|_| ParseQrTextError)?,
        };
        if read.to_string() == text { Ok(read) } else { Err(ParseQrTextError) }
    }
}

impl QrCode {
    /// The code of a text, readable with up to 15 % of it damaged; `None` if the text is longer than a code can hold.
    pub fn of(text: String) -> Option<Self> {
        let code = qrcodegen::QrCode::encode_text(&text, QrCodeEcc::Medium).ok()?;
        let mut path = String::new();
        for y in 0..code.size() {
            let mut x = 0;
            while x < code.size() {
                let start = x;
                while code.get_module(x, y) {
                    x = x.saturating_add(1);
                }
                let length = x.saturating_sub(start);
                if length > 0 {
                    let (left, top) = (start.saturating_add(QUIET), y.saturating_add(QUIET));
                    // Writing to a string cannot fail.
                    let _ = write!(path, "M{left},{top}h{length}v1h-{length}z");
                }
                x = x.saturating_add(1);
            }
        }
        let size = u32::try_from(code.size().saturating_add(QUIET.saturating_mul(2))).ok()?;
        Some(Self { text, size, path })
    }

    /// The code as a picture of its own.
    pub fn svg(&self) -> String {
        let Self { size, path, .. } = self;
        format!(
            "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 {size} {size}\" shape-rendering=\"crispEdges\">\
             <path fill=\"#fff\" d=\"M0,0h{size}v{size}h-{size}z\"/><path d=\"{path}\"/></svg>"
        )
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn text() -> QrText {
        QrText {
            chain_id: 31337,
            proxy: Address::repeat_byte(0xab),
            nonce: U256::MAX,
            deadline: u64::MAX,
            digest: B256::repeat_byte(9),
        }
    }

    #[test]
    fn a_text_is_read_back() {
        assert_eq!(text().to_string().parse(), Ok(text()));
        for other in ["", "phase8:request:1", "phase9:request:1:0x:0:0:0x"] {
            assert_eq!(other.parse::<QrText>(), Err(ParseQrTextError), "{other}");
        }
    }

    #[test]
    fn the_longest_text_fits_and_every_dark_module_is_drawn_once() {
        let drawn = QrCode::of(text().to_string()).unwrap();
        let code = qrcodegen::QrCode::encode_text(&drawn.text, QrCodeEcc::Medium).unwrap();

        let mut dark = std::collections::BTreeSet::new();
        for run in drawn.path.split('M').skip(1) {
            let (corner, length) = run.split_once('h').unwrap();
            let (x, y) = corner.split_once(',').unwrap();
            let (x, y): (i32, i32) = (x.parse().unwrap(), y.parse().unwrap());
            let length: i32 = length.split('v').next().unwrap().parse().unwrap();
            for step in 0..length {
                assert!(dark.insert((x + step - QUIET, y - QUIET)), "drawn twice");
            }
        }

        let expected = (0..code.size())
            .flat_map(|y| (0..code.size()).map(move |x| (x, y)))
            .filter(|(x, y)| code.get_module(*x, *y))
            .collect();
        assert_eq!(dark, expected);
        assert_eq!(drawn.size, u32::try_from(code.size() + 2 * QUIET).unwrap());
    }
}
