// IPFS software that is not ours: names files and unpacks archives with the packages of `ipfs-car`.
//   node peer.mjs FOLDER name FILE    prints the CID of a file, cut and laid out as `ipfs add --cid-version 1` does
//   node peer.mjs FOLDER unpack CAR   checks every block, prints the root and the SHA-256 of the file below it
import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { pathToFileURL } from 'node:url';

const [folder, what, path] = process.argv.slice(2);
const load = (file) => import(pathToFileURL(join(folder, 'node_modules', file)));

async function name() {
  const [UnixFS, { withMaxChunkSize }, { withWidth }, raw, { createFileEncoderStream }] = await Promise.all([
    load('@ipld/unixfs/src/lib.js'),
    load('@ipld/unixfs/src/file/chunker/fixed.js'),
    load('@ipld/unixfs/src/file/layout/balanced.js'),
    load('multiformats/dist/src/codecs/raw.js'),
    load('ipfs-car/unixfs.js'),
  ]);
  const settings = UnixFS.configure({
    fileChunkEncoder: raw,
    smallFileEncoder: raw,
    chunker: withMaxChunkSize(256 * 1024),
    fileLayout: withWidth(174),
  });
  const file = { stream: () => Readable.toWeb(createReadStream(path)) };
  let last;
  const blocks = createFileEncoderStream(file, settings);
  for await (const block of blocks) last = block;
  return last.cid.toString();
}

async function unpack() {
  const [{ CarIndexedReader }, { recursive }, { validateBlock }] = await Promise.all([
    load('@ipld/car/src/indexed-reader.js'),
    load('ipfs-unixfs-exporter/dist/src/index.js'),
    load('@web3-storage/car-block-validator/esm/src/index.js'),
  ]);
  const reader = await CarIndexedReader.fromFile(path);
  const roots = await reader.getRoots();
  if (roots.length !== 1) throw new Error(`${roots.length} roots`);
  const hash = createHash('sha256');
  const entries = recursive(roots[0], {
    async get(cid) {
      const block = await reader.get(cid);
      if (!block) throw new Error(`no block ${cid}`);
      await validateBlock(block);
      return block.bytes;
    },
  });
  for await (const entry of entries) {
    if (entry.type !== 'file' && entry.type !== 'raw') throw new Error(`a ${entry.type}`);
    for await (const piece of entry.content()) hash.update(piece);
  }
  return `${roots[0]} ${hash.digest('hex')}`;
}

console.log(await (what === 'name' ? name() : unpack()));
