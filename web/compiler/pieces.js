/* Fetches one piece of the compiler and keeps it in Cache Storage, under a name that holds a hash of its content. What
 * comes is kept as it comes, in parts: after a broken connection, a closed tab or a switched-off computer the download
 * goes on at that byte (RFC 9110, section 14: range requests). What the parts add up to is held against the piece's own
 * SHA-256, so a host that answers a range in a way of its own costs another download and nothing else. */
import { compilerPieces as strings } from '../strings/strings.js';

/** @typedef {{file: string, bytes: number, sha256: string}} Piece */

const CACHE = 'laymanz-compiler';
const SILENCE_MS = 30_000; /* a connection that says nothing for so long has broken */
const PART_BYTES = 256 << 10; /* of so many bytes at most are lost with the page */
const RETRIES = 2; /* of a connection that breaks again before it has brought anything */
const RETRY_AFTER_MS = 700;

/** Its message is a sentence for the reader. */
export class DownloadError extends Error {}

/** The connection broke, or the host did not answer: what has come is right so far. */
class Broken extends DownloadError {
  constructor() {
    super(strings.theConnectionBrokeOff);
  }
}

/** @returns {Promise<Cache | null>} null where the browser keeps nothing for this page: then every visit downloads */
export async function openCache() {
  try {
    return await caches.open(CACHE);
  } catch {
    return null;
  }
}

/* --- Parts ---------------------------------------------------------------------------------------------------------- */

/** @param {string} url @param {number} from its first byte */
const partUrl = (url, from) => `${url}?from=${from}`;

/**
 * What has come of a piece and is kept. One entry for each part, so that a byte is written once.
 * @param {Cache | null} cache
 * @param {string} url
 * @returns {Promise<{chunks: BlobPart[], bytes: number, etag: string}>}
 */
async function keptParts(cache, url) {
  const chunks = [];
  let bytes = 0,
    etag = '';
  for (let part; (part = await cache?.match(partUrl(url, bytes))); ) {
    const chunk = await part.blob();
    if (chunk.size === 0) break;
    etag = part.headers.get('etag') ?? '';
    chunks.push(chunk);
    bytes += chunk.size;
  }
  return { chunks, bytes, etag };
}

/**
 * @param {Cache | null} cache
 * @param {string} url
 */
async function forgetParts(cache, url) {
  for (const part of (await cache?.keys(url, { ignoreSearch: true })) ?? [])
    if (part.url !== url) await cache?.delete(part);
}

/**
 * How many bytes of a piece are here.
 * @param {Cache | null} cache
 * @param {string} url
 * @param {number} bytes of the whole piece
 */
export async function bytesKept(cache, url, bytes) {
  if (await cache?.match(url)) return bytes;
  return Math.min((await keptParts(cache, url)).bytes, bytes);
}

/**
 * A piece as it comes in: in memory, and what is enough for a part is kept.
 */
class Incoming {
  /**
   * @param {Cache | null} cache
   * @param {string} url
   * @param {(bytes: number) => void} count called with the number that is here
   */
  constructor(cache, url, count) {
    this.cache = cache;
    this.url = url;
    this.count = count;
    /** @type {BlobPart[]} */
    this.chunks = [];
    this.bytes = 0;
    this.etag = '';
    this.written = 0; /* chunks of them, and bytes, that are kept */
    this.writtenBytes = 0;
    this.writing = Promise.resolve();
  }

  /** Takes up what an earlier page has kept. */
  async resume() {
    const { chunks, bytes, etag } = await keptParts(this.cache, this.url);
    Object.assign(this, { chunks, bytes, etag, written: chunks.length, writtenBytes: bytes });
    this.count(bytes);
  }

  /** Forgets all that has come: it belongs to another file, or is damaged. */
  async startAnew() {
    await this.writing;
    await forgetParts(this.cache, this.url);
    Object.assign(this, { chunks: [], bytes: 0, etag: '', written: 0, writtenBytes: 0 });
    this.count(0);
  }

  /** @param {Uint8Array<ArrayBuffer>} chunk */
  add(chunk) {
    this.chunks.push(chunk);
    this.count((this.bytes += chunk.length));
    if (this.bytes - this.writtenBytes >= PART_BYTES) this.keep();
  }

  /** Keeps what has come since the last time. A full storage only means that a later page fetches it again. */
  keep() {
    const { cache, url, etag, writtenBytes: from } = this;
    if (!cache || this.bytes === from) return;
    const part = new Response(new Blob(this.chunks.slice(this.written)), { headers: { etag } });
    this.written = this.chunks.length;
    this.writtenBytes = this.bytes;
    this.writing = this.writing.then(() => cache.put(partUrl(url, from), part)).catch(() => {});
  }

  async whole() {
    return new Uint8Array(await new Blob(this.chunks).arrayBuffer());
  }
}

/* --- Fetching ------------------------------------------------------------------------------------------------------- */

/**
 * Asks for what is still missing. If-Range makes a host that has another file by now send the whole of it; a weak tag
 * is of no use for that (RFC 9110, section 13.1.5). What is kept here need not be in the browser's own cache too.
 * @param {Incoming} incoming
 * @param {AbortSignal} signal
 */
function ask({ cache, url, bytes, etag }, signal) {
  /** @type {Record<string, string>} */
  const headers = bytes > 0 ? { range: `bytes=${bytes}-` } : {};
  if (bytes > 0 && etag.startsWith('"')) headers['if-range'] = etag;
  return fetch(url, { headers, signal, cache: cache ? 'no-store' : 'default' }).catch(() => {
    throw new Broken();
  });
}

/** Answers to a range that can mean that it is not what comes: the whole file, another range, or that it ends before. */
const STARTS_ANEW = [200, 206, 416];

/**
 * Whether the answer begins at the byte that is wanted next.
 * @param {Response} response
 * @param {number} from
 */
function continues(response, from) {
  const [, start] = /^bytes (\d+)-/.exec(response.headers.get('content-range') ?? '') ?? [];
  return response.status === 206 && Number(start) === from;
}

/**
 * One request, to the end of its answer. Throws Broken if that does not come; what has come is then in `incoming`.
 * @param {Incoming} incoming
 */
async function receive(incoming) {
  const control = new AbortController();
  const abort = () => control.abort();
  let timer = setTimeout(abort, SILENCE_MS);
  try {
    const response = await ask(incoming, control.signal);
    if (incoming.bytes > 0 && STARTS_ANEW.includes(response.status) && !continues(response, incoming.bytes)) {
      await incoming.startAnew();
      if (response.status !== 200) return; /* a range that does not suit the host: it is asked without one */
    }
    if (!response.ok || !response.body)
      throw new DownloadError(strings.theHostAnsweredFor(response.status));
    incoming.etag = response.headers.get('etag') ?? '';
    for (const reader = response.body.getReader(); ; ) {
      const { done, value } = await reader.read().catch(() => {
        throw new Broken();
      });
      if (done) return;
      clearTimeout(timer);
      timer = setTimeout(abort, SILENCE_MS);
      incoming.add(value);
    }
  } finally {
    clearTimeout(timer);
    control.abort(); /* an answer that nobody reads on */
    incoming.keep();
    await incoming.writing;
  }
}

const pause = (/** @type {number} */ ms) => new Promise((done) => setTimeout(done, ms));

/**
 * All of it, over as many connections as it takes. A host that answers, but with less than the file, is asked again as
 * one whose connection broke.
 * @param {Incoming} incoming
 * @param {number} bytes that it must have
 */
async function receiveAll(incoming, bytes) {
  for (let tries = 0; incoming.bytes < bytes; ) {
    const had = incoming.bytes;
    let reason = new Broken();
    try {
      await receive(incoming);
    } catch (error) {
      if (!(error instanceof Broken)) throw error;
      reason = error;
    }
    if (incoming.bytes >= bytes) return;
    tries = incoming.bytes - had >= PART_BYTES ? 0 : tries + 1;
    if (tries > RETRIES) throw reason;
    if (tries > 0) await pause(RETRY_AFTER_MS * tries);
  }
}

/**
 * Where the page has no secure origin there is no digest, and no Cache Storage either: nothing is put together from
 * several visits, and gzip's own check must do.
 * @param {Uint8Array<ArrayBuffer>} data
 * @param {Piece} piece
 */
async function isWhole(data, { bytes, sha256 }) {
  if (data.length !== bytes) return false;
  if (!globalThis.crypto?.subtle) return true;
  const digest = new Uint8Array(await crypto.subtle.digest('SHA-256', data));
  return [...digest].map((byte) => byte.toString(16).padStart(2, '0')).join('') === sha256;
}

/**
 * A piece: from the cache, or from the host, and then kept.
 * @param {string} folder its address, with a slash at the end
 * @param {Piece} piece
 * @param {Cache | null} cache
 * @param {(bytes: number) => void} count called with the number of its bytes that are here
 */
export async function fetchPiece(folder, piece, cache, count) {
  const url = folder + piece.file;
  const kept = await cache?.match(url);
  if (kept) {
    const data = new Uint8Array(await kept.arrayBuffer());
    count(data.length);
    if (data.length === piece.bytes) return data;
  }
  const incoming = new Incoming(cache, url, count);
  await incoming.resume();
  for (let fresh = incoming.bytes === 0; ; fresh = true) {
    await receiveAll(incoming, piece.bytes);
    const data = await incoming.whole();
    if (await isWhole(data, piece)) {
      await cache?.put(url, new Response(data)).catch(() => {}); /* a full storage: another download next time */
      await forgetParts(cache, url);
      return data;
    }
    await incoming.startAnew();
    if (fresh) throw new DownloadError(strings.aPartOfThe);
  }
}
