/**
 * A static server for the built site: node web/site/serve.mjs [DIR] [--port 8000] [--base /some/path/]
 * For work and tests; any static host does in its place.
 */
import { createReadStream } from 'node:fs';
import { readFile, stat } from 'node:fs/promises';
import { createServer } from 'node:http';
import { extname, join, normalize, resolve, sep } from 'node:path';
import { pathToFileURL } from 'node:url';
import { parseArgs, promisify } from 'node:util';
import { gzip } from 'node:zlib';

/** @type {Record<string, string>} */
const TYPES = {
  '.html': 'text/html; charset=utf-8',
  '.js': 'text/javascript; charset=utf-8',
  '.css': 'text/css; charset=utf-8',
  '.json': 'application/json; charset=utf-8',
  '.svg': 'image/svg+xml',
  '.webmanifest': 'application/manifest+json',
  '.wasm': 'application/wasm',
  '.woff2': 'font/woff2',
  '.h': 'text/plain; charset=utf-8',
};

/** What gzip makes smaller: all that is no font and no piece of the compiler, which are packed already. */
const PACKED_ON_THE_WAY = /\.(html|js|css|json|svg|webmanifest|wasm|h)$/;

/** @typedef {{ file: string, size: number, tag: string }} Found tag: changes with the file (ETag) */

/**
 * The file behind an address, or null.
 * @param {string} root
 * @param {string} path decoded, without the base
 * @returns {Promise<Found | { redirect: true } | null>}
 */
async function find(root, path) {
  const file = normalize(join(root, path));
  if (file !== root && !file.startsWith(root + sep)) return null;
  const info = await stat(file).catch(() => null);
  if (info?.isDirectory()) return path.endsWith('/') || path === '' ? find(root, join(path, 'index.html')) : { redirect: true };
  const tag = `"${info?.size.toString(16)}-${info?.mtimeMs.toString(16)}"`;
  return info?.isFile() ? { file, size: info.size, tag } : null;
}

/**
 * Serves a folder. Port 0 picks a free one.
 * @param {string} directory
 * @param {{ port?: number, base?: string }} [options] base: the path under which the site stands, with slashes
 * @returns {Promise<{ address: string, close: () => Promise<void> }>}
 */
export async function serve(directory, { port = 0, base = '/' } = {}) {
  const root = resolve(directory);
  const server = createServer((request, response) => {
    answer(root, base, request, response).catch(() => response.destroy());
  });
  await new Promise((done, failed) => server.once('error', failed).listen(port, '127.0.0.1', () => done(null)));
  const at = /** @type {import('node:net').AddressInfo} */ (server.address());
  return {
    address: `http://127.0.0.1:${at.port}${base}`,
    close: () => new Promise((done) => {
      server.close(() => done());
      server.closeAllConnections();
    }),
  };
}

/**
 * @param {string} root
 * @param {string} base
 * @param {import('node:http').IncomingMessage} request
 * @param {import('node:http').ServerResponse} response
 */
async function answer(root, base, request, response) {
  const path = pathOf(request.url ?? '/');
  if (path === null || !path.startsWith(base)) return notFound(root, response);
  const found = await find(root, path.slice(base.length));
  if (!found) return notFound(root, response);
  if ('redirect' in found) {
    response.writeHead(301, { Location: `${encodeURI(path)}/` }).end();
    return;
  }
  const range = wantedRange(request, found);
  if (range === null) await sendWhole(request, response, found);
  else if (range.from < found.size) send(response, 206, found, range);
  else response.writeHead(416, { 'Content-Range': `bytes */${found.size}` }).end();
}

/**
 * The part of a file that is asked for, as static hosts serve it: one range from a first byte on. Null: all of it.
 * @param {import('node:http').IncomingMessage} request
 * @param {Found} found
 */
function wantedRange({ headers }, { size, tag }) {
  const [, first, last] = /^bytes=(\d+)-(\d*)$/.exec(headers.range ?? '') ?? [];
  const from = Number(first),
    to = Math.min(last ? Number(last) : size, size - 1);
  const valid = first !== undefined && (!last || Number(last) >= from);
  return valid && (headers['if-range'] ?? tag) === tag ? { from, to } : null;
}

/** @param {string} url */
function pathOf(url) {
  try {
    return decodeURIComponent(url.split(/[?#]/)[0]);
  } catch {
    return null;
  }
}

/**
 * @param {string} root
 * @param {import('node:http').ServerResponse} response
 */
async function notFound(root, response) {
  const page = await find(root, '404.html');
  if (page && 'file' in page) send(response, 404, page);
  else response.writeHead(404, { 'Content-Type': 'text/plain' }).end('not found');
}

/** @type {Map<string, { tag: string, packed: Promise<Buffer> }>} by file, so that each is packed once */
const packed = new Map();

/** @param {Found} found */
function pack({ file, tag }) {
  const known = packed.get(file);
  if (known?.tag === tag) return known.packed;
  const made = readFile(file).then((content) => promisify(gzip)(content, { level: 9 }));
  made.catch(() => packed.delete(file));
  packed.set(file, { tag, packed: made });
  return made;
}

/**
 * All of a file, compressed as hosts do for those who take it.
 * @param {import('node:http').IncomingMessage} request
 * @param {import('node:http').ServerResponse} response
 * @param {Found} found
 */
async function sendWhole({ headers }, response, found) {
  const takes = /\bgzip\b/.test(String(headers['accept-encoding'] ?? ''));
  if (!takes || !PACKED_ON_THE_WAY.test(found.file)) return send(response, 200, found);
  const content = await pack(found);
  response.writeHead(200, {
    'Content-Type': TYPES[extname(found.file)] ?? 'application/octet-stream',
    'Content-Encoding': 'gzip',
    'Content-Length': content.length,
    'Cache-Control': 'no-cache',
    Vary: 'Accept-Encoding',
    ETag: `${found.tag.slice(0, -1)}-gzip"`,
  }).end(content);
}

/**
 * @param {import('node:http').ServerResponse} response
 * @param {number} status
 * @param {Found} found
 * @param {{ from: number, to: number }} [range]
 */
function send(response, status, { file, size, tag }, range) {
  const { from, to } = range ?? { from: 0, to: size - 1 };
  response.writeHead(status, {
    'Content-Type': TYPES[extname(file)] ?? 'application/octet-stream',
    'Content-Length': to - from + 1,
    'Cache-Control': 'no-cache',
    'Accept-Ranges': 'bytes',
    ETag: tag,
    ...(range && { 'Content-Range': `bytes ${from}-${to}/${size}` }),
  });
  if (to < from) return response.end(); // an empty file
  createReadStream(file, { start: from, end: to }).on('error', () => response.destroy()).pipe(response);
}

if (process.argv[1] && import.meta.url === pathToFileURL(process.argv[1]).href) {
  const { values, positionals } = parseArgs({
    allowPositionals: true,
    options: { port: { type: 'string', default: '8000' }, base: { type: 'string', default: '/' } },
  });
  const base = `/${values.base.replace(/^\/+|\/+$/g, '')}/`.replace('//', '/');
  const { address } = await serve(positionals[0] ?? 'build/site', { port: Number(values.port), base }).catch((error) => {
    console.error(error.code === 'EADDRINUSE' ? `Port ${values.port} is taken; try another one: make serve PORT=8001` : error.message);
    process.exit(1);
  });
  console.log(`Laymanz is at ${address}  (Ctrl+C stops it)`);
}
