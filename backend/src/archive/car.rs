//! A file packed as CAR version 1: one file that any IPFS node imports, block by block, with the name of its root in front.

use std::fs::File;
use std::io::{self, BufWriter, Read, Seek as _, SeekFrom, Write};
use std::path::Path;

use super::cid::{Cid, Codec};
use super::unixfs::{Block, CHUNK, Tree, varint};

/// A file packed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Packed {
    /// The file's name on IPFS.
    pub cid: Cid,
    /// Bytes of the file.
    pub bytes: u64,
    /// Bytes of the CAR.
    pub car_bytes: u64,
}

/// Packs what is read into a file. The root is known last and stands first: its place is kept and filled at the end, since
/// every CID here is as long as any other. A chunk is held in memory, not the file.
pub fn pack(mut content: impl Read, to: &Path) -> io::Result<Packed> {
    let file = File::create(to)?;
    let mut car = BufWriter::new(file);
    let mut car_bytes = 0;
    let mut put = |bytes: &[u8]| -> io::Result<()> {
        car_bytes += bytes.len() as u64;
        car.write_all(bytes)
    };
    put(&header(Cid::of(Codec::Raw, b"")))?;
    let mut write = |block: Block| -> io::Result<()> {
        let mut length = Vec::new();
        varint(&mut length, (Cid::LENGTH + block.bytes.len()) as u64);
        put(&length)?;
        put(&block.cid.to_bytes())?;
        put(&block.bytes)
    };
    let mut tree = Tree::default();
    let mut bytes = 0;
    loop {
        let mut chunk = Vec::with_capacity(CHUNK);
        content.by_ref().take(CHUNK as u64).read_to_end(&mut chunk)?;
        if chunk.is_empty() {
            break;
        }
        bytes += chunk.len() as u64;
        tree.leaf(chunk, &mut write)?;
    }
    let cid = tree.finish(&mut write)?;
    car.flush()?;
    car.seek(SeekFrom::Start(0))?;
    car.write_all(&header(cid))?;
    car.into_inner().map_err(io::IntoInnerError::into_error)?.sync_all()?;
    Ok(Packed { cid, bytes, car_bytes })
}

/// `{"roots": [root], "version": 1}` in dag-cbor, with its length before it.
fn header(root: Cid) -> Vec<u8> {
    let mut cbor = vec![0xa2, 0x65];
    cbor.extend_from_slice(b"roots");
    // A list of one; tag 42 over bytes that begin with a zero is a link.
    cbor.extend_from_slice(&[0x81, 0xd8, 0x2a, 0x58, 0x25, 0x00]);
    cbor.extend_from_slice(&root.to_bytes());
    cbor.push(0x67);
    cbor.extend_from_slice(b"version");
    cbor.push(1);
    let mut header = Vec::new();
    varint(&mut header, cbor.len() as u64);
    header.extend(cbor);
    header
}
