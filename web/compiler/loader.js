/* Fetches the compiler: in pieces (pieces.js), counted in bytes, and puts them together as they come. */
import { fetchWhole } from '../lib/fetching.js';
import { unpack } from './packs.js';
import { bytesKept, DownloadError, fetchPiece, openCache } from './pieces.js';
import { FileLayer } from './wasi.js';
import { compilerLoader as strings } from '../strings/strings.js';

/** @typedef {import('./pieces.js').Piece} Piece */
/** @typedef {{pieces: Piece[], bytes: number}} Download */
/** @typedef {{clangVersion: number, clang: Download, system: Download, library: Download}} Manifest */

/**
 * A small file that may change under the same name: from the network, or as it was last seen if there is none.
 * @param {string} url
 * @returns {Promise<Response>}
 */
export async function fetchFresh(url) {
  const cache = await openCache();
  try {
    const response = await fetchWhole(url, strings.aPartOfThe, { cache: 'no-cache' });
    await cache?.put(url, response.clone()).catch(() => {});
    return response;
  } catch (error) {
    const kept = await cache?.match(url);
    if (kept) return kept;
    throw new DownloadError(/** @type {Error} */ (error).message);
  }
}

/**
 * @param {string} folder address of the compiler's folder, with a slash at its end
 * @returns {Promise<Manifest>}
 */
export async function fetchManifest(folder) {
  const [manifest, library] = await Promise.all(
    ['manifest.json', 'library.json'].map(async (name) => (await fetchFresh(folder + name)).json()),
  );
  return { ...manifest, ...library };
}

/** @param {Manifest} manifest */
const allPieces = (manifest) => [manifest.clang, manifest.system, manifest.library].flatMap(({ pieces }) => pieces);

/**
 * How many bytes are still to be fetched.
 * @param {string} folder
 * @param {Manifest} manifest
 */
export async function bytesMissing(folder, manifest) {
  const cache = await openCache();
  const missing = await Promise.all(
    allPieces(manifest).map(async ({ file, bytes }) => bytes - (await bytesKept(cache, folder + file, bytes))),
  );
  return missing.reduce((sum, bytes) => sum + bytes, 0);
}

/**
 * The pieces, in order, as one unpacked stream. It does not wait for the last piece to begin.
 * @param {Promise<Uint8Array<ArrayBuffer>>[]} pieces
 * @returns {ReadableStream<Uint8Array<ArrayBuffer>>}
 */
function unzipped(pieces) {
  const waiting = [...pieces];
  for (const piece of waiting) piece.catch(() => {}); /* told when its turn comes */
  /** @type {ReadableStream<Uint8Array<ArrayBuffer>>} */
  const zipped = new ReadableStream({
    async pull(controller) {
      const next = waiting.shift();
      if (next) controller.enqueue(await next);
      else controller.close();
    },
  });
  return zipped.pipeThrough(new DecompressionStream('gzip'));
}

/**
 * @param {string} folder
 * @param {Manifest} manifest
 * @param {(received: number) => void} tell bytes so far, of all that `manifest` names
 * @returns {Promise<{llvm: WebAssembly.Module, layers: FileLayer[]}>}
 */
export async function loadCompiler(folder, manifest, tell) {
  const cache = await openCache();
  /** @type {Map<string, number>} */
  const received = new Map();
  const piecesOf = (/** @type {Download} */ { pieces }) =>
    pieces.map((piece) =>
      fetchPiece(folder, piece, cache, (count) => {
        received.set(piece.file, count);
        tell([...received.values()].reduce((sum, one) => sum + one, 0));
      }),
    );
  const [clang, system, library] = [manifest.clang, manifest.system, manifest.library].map(piecesOf);
  const files = async (/** @type {ReturnType<typeof piecesOf>} */ pieces) =>
    new FileLayer(unpack(await new Response(unzipped(pieces)).arrayBuffer()));
  try {
    const [llvm, ...layers] = await Promise.all([
      WebAssembly.compileStreaming(new Response(unzipped(clang), { headers: { 'content-type': 'application/wasm' } })),
      files(system),
      files(library),
    ]);
    await forgetOthers(cache, folder, manifest);
    return { llvm, layers };
  } catch (error) {
    await Promise.all([...clang, ...system, ...library]); /* the real reason, if it is the network: a stream hides it */
    if (!(error instanceof DownloadError)) await forgetAll(cache, folder, manifest);
    throw error instanceof DownloadError ? error : new DownloadError(strings.whatArrivedIsNot(error));
  }
}

/**
 * Pieces of older versions of the site, and parts of such.
 * @param {Cache | null} cache
 * @param {string} folder
 * @param {Manifest} manifest
 */
async function forgetOthers(cache, folder, manifest) {
  const wanted = new Set(allPieces(manifest).map(({ file }) => folder + file));
  for (const { url } of (await cache?.keys()) ?? []) {
    const piece = url.replace(/\?.*$/, '');
    if (piece.startsWith(folder) && piece.endsWith('.bin') && !wanted.has(piece)) await cache?.delete(url);
  }
}

/**
 * @param {Cache | null} cache
 * @param {string} folder
 * @param {Manifest} manifest
 */
async function forgetAll(cache, folder, manifest) {
  await Promise.all(allPieces(manifest).map(({ file }) => cache?.delete(folder + file, { ignoreSearch: true })));
}
