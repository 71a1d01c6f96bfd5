/* Fetches the compiler: in pieces, counted in bytes, and kept in Cache Storage under names that hold a hash. A piece
 * that has arrived is kept at once, so that a download that broke off goes on where it stopped. */
import { unpack } from './packs.js';
import { FileLayer } from './wasi.js';

/** @typedef {{file: string, bytes: number}} Piece */
/** @typedef {{pieces: Piece[], bytes: number}} Download */
/** @typedef {{clangVersion: number, clang: Download, system: Download, library: Download}} Manifest */

const CACHE = 'laymanz-compiler';
const SILENCE_MS = 30_000; /* a connection that says nothing for so long has broken */

/** Its message is a sentence for the reader. */
export class DownloadError extends Error {}

/** @returns {Promise<Cache | null>} null where the browser keeps nothing for this page: then every visit downloads */
async function openCache() {
  try {
    return await caches.open(CACHE);
  } catch {
    return null;
  }
}

/**
 * A small file that may change under the same name: from the network, or as it was last seen if there is none.
 * @param {string} url
 * @returns {Promise<Response>}
 */
export async function fetchFresh(url) {
  const cache = await openCache();
  const response = await fetch(url, { cache: 'no-cache' }).catch(() => null);
  if (response?.ok) {
    await cache?.put(url, response.clone()).catch(() => {});
    return response;
  }
  const kept = await cache?.match(url);
  if (kept) return kept;
  throw new DownloadError(
    response ? `The host answered ${response.status} for ${url}.` : 'The network or the host does not answer.',
  );
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
    allPieces(manifest).map(async ({ file, bytes }) => ((await cache?.match(folder + file)) ? 0 : bytes)),
  );
  return missing.reduce((sum, bytes) => sum + bytes, 0);
}

/**
 * @param {string} url
 * @param {(bytes: number) => void} count called with the number received so far
 * @returns {Promise<Uint8Array<ArrayBuffer>>}
 */
async function receive(url, count) {
  const control = new AbortController();
  let timer = setTimeout(() => control.abort(), SILENCE_MS);
  try {
    const response = await fetch(url, { signal: control.signal });
    if (!response.ok || !response.body)
      throw new DownloadError(`The host answered ${response.status} for a part of the compiler.`);
    const chunks = [];
    let bytes = 0;
    for (const reader = response.body.getReader(); ;) {
      const { done, value } = await reader.read();
      if (done) break;
      clearTimeout(timer);
      timer = setTimeout(() => control.abort(), SILENCE_MS);
      chunks.push(value);
      count((bytes += value.length));
    }
    return new Uint8Array(await new Blob(chunks).arrayBuffer());
  } catch (error) {
    if (error instanceof DownloadError) throw error;
    throw new DownloadError('The connection broke off.');
  } finally {
    clearTimeout(timer);
  }
}

/**
 * @param {string} url
 * @param {number} bytes that it must have
 * @param {Cache | null} cache
 * @param {(bytes: number) => void} count
 */
async function fetchPiece(url, bytes, cache, count) {
  const kept = await cache?.match(url);
  if (kept) {
    const data = new Uint8Array(await kept.arrayBuffer());
    count(data.length);
    if (data.length === bytes) return data;
  }
  const data = await receive(url, count);
  if (data.length !== bytes) throw new DownloadError('A part of the compiler arrived incomplete.');
  await cache?.put(url, new Response(data)).catch(() => {}); /* a full storage only means another download next time */
  return data;
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
    pieces.map(({ file, bytes }) =>
      fetchPiece(folder + file, bytes, cache, (count) => {
        received.set(file, count);
        tell([...received.values()].reduce((sum, one) => sum + one, 0));
      }),
    );
  const files = async (/** @type {Download} */ download) =>
    new FileLayer(unpack(await new Response(unzipped(piecesOf(download))).arrayBuffer()));
  const clang = piecesOf(manifest.clang);
  try {
    const [llvm, system, library] = await Promise.all([
      WebAssembly.compileStreaming(new Response(unzipped(clang), { headers: { 'content-type': 'application/wasm' } })),
      files(manifest.system),
      files(manifest.library),
    ]);
    await forgetOthers(cache, folder, manifest);
    return { llvm, layers: [system, library] };
  } catch (error) {
    await Promise.all(clang); /* the real reason, if it is the network: what reads the stream hides it */
    if (!(error instanceof DownloadError)) await forgetAll(cache, folder, manifest);
    throw error instanceof DownloadError ? error : new DownloadError(`What arrived is not usable (${error}).`);
  }
}

/**
 * Pieces of older versions of the site.
 * @param {Cache | null} cache
 * @param {string} folder
 * @param {Manifest} manifest
 */
async function forgetOthers(cache, folder, manifest) {
  const wanted = new Set(allPieces(manifest).map(({ file }) => folder + file));
  for (const { url } of (await cache?.keys()) ?? [])
    if (url.startsWith(folder) && url.endsWith('.bin') && !wanted.has(url)) await cache?.delete(url);
}

/**
 * @param {Cache | null} cache
 * @param {string} folder
 * @param {Manifest} manifest
 */
async function forgetAll(cache, folder, manifest) {
  await Promise.all(allPieces(manifest).map(({ file }) => cache?.delete(folder + file)));
}
