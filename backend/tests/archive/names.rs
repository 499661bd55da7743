//! The name and the packing of a file, compared with those of the peer.

use alloy::primitives::hex;
use phase8_backend::archive::pack;
use phase8_backend::archive::unixfs::CHUNK;
use sha2::{Digest, Sha256};

use crate::peer;

/// Bytes that repeat only after long, so that no two chunks are alike.
fn content(length: usize) -> Vec<u8> {
    let mut state = 0x9e37_79b9_7f4a_7c15_u64;
    let mut bytes = Vec::with_capacity(length + 8);
    while bytes.len() < length {
        state ^= state << 13;
        state ^= state >> 7;
        state ^= state << 17;
        bytes.extend_from_slice(&state.to_le_bytes());
    }
    bytes.truncate(length);
    bytes
}

#[test]
fn every_length_has_the_name_that_other_ipfs_software_gives_it_and_unpacks_to_itself() {
    let folder = tempfile::tempdir().unwrap();
    for length in [
        0,
        1,
        CHUNK - 1,
        CHUNK,
        CHUNK + 1,
        5 * CHUNK + 77,
        // One node that is full, and one more leaf: the tree grows by a level.
        174 * CHUNK,
        174 * CHUNK + 1,
    ] {
        let bytes = content(length);
        let (file, car) = (folder.path().join("file"), folder.path().join("file.car"));
        std::fs::write(&file, &bytes).unwrap();

        let packed = pack(bytes.as_slice(), &car).unwrap();

        let ours = packed.cid.to_string();
        assert_eq!(ours, peer::name(&file), "{length} bytes");
        let unpacked = (ours, hex::encode(Sha256::digest(&bytes)));
        assert_eq!(unpacked, peer::unpack(&car), "{length} bytes");
        assert_eq!(packed.bytes, length as u64);
        assert_eq!(packed.car_bytes, std::fs::metadata(&car).unwrap().len());
    }
}
