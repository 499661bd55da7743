// Writes `.br` and `.gz` beside every file of a folder that gets smaller by it, for a server that sends them as they are.
// Usage: node precompress.mjs <folder>

import { readdir, readFile, writeFile } from "node:fs/promises";
import { extname, join } from "node:path";
import { promisify } from "node:util";
import { brotliCompress, constants, gzip } from "node:zlib";

const WORTH_IT = new Set([".css", ".html", ".js", ".json", ".mjs", ".svg", ".txt", ".wasm", ".webmanifest", ".xml"]);

const [folder] = process.argv.slice(2);
if (folder === undefined) {
  console.error("name the folder whose files are to be compressed");
  process.exit(2);
}

async function compress(path) {
  const content = await readFile(path);
  const small = await promisify(brotliCompress)(content, {
    params: {
      [constants.BROTLI_PARAM_QUALITY]: constants.BROTLI_MAX_QUALITY,
      [constants.BROTLI_PARAM_LGWIN]: constants.BROTLI_MAX_WINDOW_BITS,
      [constants.BROTLI_PARAM_SIZE_HINT]: content.length,
    },
  });
  const usual = await promisify(gzip)(content, { level: constants.Z_BEST_COMPRESSION });
  for (const [ending, bytes] of [[".br", small], [".gz", usual]]) {
    if (bytes.length < content.length) await writeFile(path + ending, bytes);
  }
}

for (const entry of await readdir(folder, { recursive: true, withFileTypes: true })) {
  if (entry.isFile() && WORTH_IT.has(extname(entry.name))) await compress(join(entry.parentPath ?? entry.path, entry.name));
}
