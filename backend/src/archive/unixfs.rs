//! A file as `UnixFS` lays it out: chunks of 256 KiB as raw leaves, and a balanced tree of dag-pb nodes with up to 174 links
//! above them. That is what `ipfs add --cid-version 1` does, so that every IPFS node computes the same name.

use super::cid::{Cid, Codec};

/// Bytes of a leaf, but for the last.
pub const CHUNK: usize = 256 * 1024;
/// Links of a node, but for the last of each level.
const WIDTH: usize = 174;

/// A block with its name.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Block {
    /// Its name.
    pub cid: Cid,
    /// What it holds.
    pub bytes: Vec<u8>,
}

/// Builds the tree from leaves in order; holds one unfinished node of each level and nothing else.
#[derive(Debug, Default)]
pub struct Tree {
    levels: Vec<Vec<Link>>,
}

/// A node or leaf as its parent knows it.
#[derive(Debug, Clone, Copy)]
struct Link {
    cid: Cid,
    /// Bytes of the file below it.
    file: u64,
    /// Bytes of all blocks below it, its own included.
    blocks: u64,
}

impl Tree {
    /// Takes the next chunk of the file; `write` gets each block that is complete.
    pub fn leaf<E>(
        &mut self,
        chunk: Vec<u8>,
        mut write: impl FnMut(Block) -> Result<(), E>,
    ) -> Result<(), E> {
        let cid = Cid::of(Codec::Raw, &chunk);
        let bytes = chunk.len() as u64;
        write(Block { cid, bytes: chunk })?;
        self.put(0, Link { cid, file: bytes, blocks: bytes }, &mut write)
    }

    /// Writes what is left and answers the file's name. A file without a byte is one empty leaf.
    pub fn finish<E>(mut self, mut write: impl FnMut(Block) -> Result<(), E>) -> Result<Cid, E> {
        if self.levels.is_empty() {
            self.leaf(Vec::new(), &mut write)?;
        }
        let mut level = 0;
        loop {
            let links = self.levels.get_mut(level).map(std::mem::take).unwrap_or_default();
            let is_top = self.levels.iter().skip(level + 1).all(Vec::is_empty);
            match links.as_slice() {
                [only] if is_top => return Ok(only.cid),
                [] => {}
                links => {
                    let node = node(links, &mut write)?;
                    self.put(level + 1, node, &mut write)?;
                }
            }
            level += 1;
        }
    }

    /// Adds a link to a level; a level that is full becomes a node of the next when one more comes.
    fn put<E>(
        &mut self,
        level: usize,
        link: Link,
        write: &mut impl FnMut(Block) -> Result<(), E>,
    ) -> Result<(), E> {
        if self.levels.len() <= level {
            self.levels.resize_with(level + 1, Vec::new);
        }
        let Some(links) = self.levels.get_mut(level) else { return Ok(()) };
        if links.len() < WIDTH {
            links.push(link);
            return Ok(());
        }
        let full = std::mem::replace(links, vec![link]);
        let parent = node(&full, write)?;
        self.put(level + 1, parent, write)
    }
}

/// Writes a node over these links.
fn node<E>(links: &[Link], write: &mut impl FnMut(Block) -> Result<(), E>) -> Result<Link, E> {
    let bytes = encode(links);
    let cid = Cid::of(Codec::DagPb, &bytes);
    let file = links.iter().map(|link| link.file).sum();
    let blocks = links.iter().map(|link| link.blocks).sum::<u64>() + bytes.len() as u64;
    write(Block { cid, bytes })?;
    Ok(Link { cid, file, blocks })
}

/// A dag-pb node: its links first, as the format has it, then the `UnixFS` data: a file, its size and the sizes of its parts.
fn encode(links: &[Link]) -> Vec<u8> {
    let mut node = Vec::new();
    for link in links {
        let mut inner = Vec::new();
        field(&mut inner, 1, &link.cid.to_bytes());
        field(&mut inner, 2, b"");
        number(&mut inner, 3, link.blocks);
        field(&mut node, 2, &inner);
    }
    let mut data = Vec::new();
    number(&mut data, 1, 2);
    number(&mut data, 3, links.iter().map(|link| link.file).sum());
    for link in links {
        number(&mut data, 4, link.file);
    }
    field(&mut node, 1, &data);
    node
}

/// A field of bytes in protobuf.
fn field(message: &mut Vec<u8>, tag: u8, bytes: &[u8]) {
    message.push((tag << 3) | 2);
    varint(message, bytes.len() as u64);
    message.extend_from_slice(bytes);
}

/// A field of a whole number in protobuf.
fn number(message: &mut Vec<u8>, tag: u8, value: u64) {
    message.push(tag << 3);
    varint(message, value);
}

/// An unsigned LEB128.
pub(super) fn varint(bytes: &mut Vec<u8>, mut value: u64) {
    loop {
        let low = u8::try_from(value & 0x7f).unwrap_or_default();
        value >>= 7;
        if value == 0 {
            bytes.push(low);
            return;
        }
        bytes.push(low | 0x80);
    }
}
