//! Content identifiers (CID version 1) over SHA-256, as far as archives need them: raw blocks and dag-pb nodes.

use std::fmt;

use sha2::{Digest, Sha256};

/// Letters of base32 without padding, lower case (RFC 4648, multibase prefix `b`).
const BASE32: &[u8; 32] = b"abcdefghijklmnopqrstuvwxyz234567";
/// The multihash code of SHA-256 and the length of its digest.
const SHA_256: [u8; 2] = [0x12, 0x20];
/// Version 1.
const VERSION: u8 = 1;

/// What a block holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Codec {
    /// Bytes as they are.
    Raw,
    /// A node with links (dag-pb).
    DagPb,
}

impl Codec {
    /// Its number in the table of multicodecs; both fit into one byte of a varint.
    const fn code(self) -> u8 {
        match self {
            Self::Raw => 0x55,
            Self::DagPb => 0x70,
        }
    }
}

/// A content identifier.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Cid {
    codec: Codec,
    digest: [u8; 32],
}

impl Cid {
    /// Bytes of every CID here: version, codec, hash function, length, digest.
    pub const LENGTH: usize = 36;

    /// The identifier of a block.
    pub fn of(codec: Codec, block: &[u8]) -> Self {
        Self { codec, digest: Sha256::digest(block).into() }
    }

    /// Its bytes.
    pub fn to_bytes(self) -> [u8; Self::LENGTH] {
        let mut bytes = [0; Self::LENGTH];
        let (head, digest) = bytes.split_at_mut(4);
        head.copy_from_slice(&[VERSION, self.codec.code(), SHA_256[0], SHA_256[1]]);
        digest.copy_from_slice(&self.digest);
        bytes
    }
}

impl fmt::Display for Cid {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut text = String::from("b");
        let (mut held, mut bits) = (0_u16, 0_u32);
        let mut push = |value: u16| {
            let letter = BASE32.get(usize::from(value & 31)).copied().unwrap_or_default();
            text.push(char::from(letter));
        };
        for byte in self.to_bytes() {
            held = (held << 8) | u16::from(byte);
            bits += 8;
            while bits >= 5 {
                bits -= 5;
                push(held >> bits);
                held &= (1 << bits) - 1;
            }
        }
        if bits > 0 {
            push(held << (5 - bits));
        }
        f.write_str(&text)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn well_known_blocks_have_their_well_known_names() {
        // The empty file and "hello world" as every IPFS node names them.
        for (block, name) in [
            (b"".as_slice(), "bafkreihdwdcefgh4dqkjv67uzcmw7ojee6xedzdetojuzjevtenxquvyku"),
            (b"hello world", "bafkreifzjut3te2nhyekklss27nh3k72ysco7y32koao5eei66wof36n5e"),
        ] {
            assert_eq!(Cid::of(Codec::Raw, block).to_string(), name);
        }
    }
}
