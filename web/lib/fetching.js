/** What the page fetches: an end to every wait, and a sentence for every failure. */
import { fetching as strings } from '../strings/strings.js';

export const SILENCE_MS = 20_000; // a connection that says nothing for so long has broken

const SILENT = strings.forSecondsNothingCame(SILENCE_MS / 1000);
const NO_ANSWER = strings.theNetworkOrThe;

/** Its message is a sentence for the reader. */
class Unfetched extends Error {}

/**
 * A file, to its last byte. Rejects with a sentence.
 * @param {string} url
 * @param {string} subject of that sentence: "The program of the labs"
 * @param {RequestInit} [how]
 * @returns {Promise<Response>} whose body is here already
 */
export async function fetchWhole(url, subject, how = {}) {
  const failed = strings.couldNotBeFetched(subject);
  const control = new AbortController();
  /** @type {ReturnType<typeof setTimeout> | undefined} */
  let timer;
  const wait = () => {
    clearTimeout(timer);
    timer = setTimeout(() => control.abort(), SILENCE_MS);
  };
  let began = false;
  try {
    wait();
    const response = await fetch(url, { ...how, signal: control.signal });
    began = true;
    if (!response.ok) throw new Unfetched(strings.theHostAnswered(failed, response.status));
    const { headers } = response;
    return new Response(await readWhole(response, wait), { headers });
  } catch (error) {
    if (error instanceof Unfetched) throw error;
    if (control.signal.aborted) throw new Unfetched(`${failed}: ${SILENT}`);
    throw new Unfetched(began ? strings.completelyTheConnectionBroke(failed) : `${failed}: ${NO_ANSWER}`);
  } finally {
    clearTimeout(timer);
  }
}

/**
 * @param {Response} response
 * @param {() => void} hear called for each part that comes
 */
async function readWhole({ body }, hear) {
  /** @type {BlobPart[]} */
  const parts = [];
  for (const reader = body?.getReader(); reader; ) {
    const { done, value } = await reader.read();
    if (done) break;
    parts.push(value);
    hear();
  }
  return new Blob(parts);
}

/** What failed before. @type {Set<string>} */
const failed = new Set();

/**
 * A part of the page's program, when it is first needed. Rejects with a sentence; asking again tries again.
 * @template T
 * @param {string} subject of that sentence: "The search"
 * @param {() => Promise<T>} bring an import()
 * @returns {Promise<T>}
 */
export async function bringPart(subject, bring) {
  /** @type {ReturnType<typeof setTimeout> | undefined} */
  let timer;
  const silence = new Promise((_, reject) => {
    // The browser goes on with the same request when asked again, so that may not help.
    timer = setTimeout(() => reject(new Unfetched(
      strings.couldNotBeFetchedWhere(subject, SILENT))), SILENCE_MS);
  });
  try {
    return await Promise.race([bring(), /** @type {Promise<never>} */ (silence)]);
  } catch (error) {
    if (error instanceof Unfetched) throw error;
    if (failed.has(subject)) throw new Unfetched(strings.couldNotBeFetchedWhere(subject, NO_ANSWER)); // older browsers remember a failed import
    failed.add(subject);
    throw new Unfetched(strings.couldNotBeFetched2(subject, NO_ANSWER));
  } finally {
    clearTimeout(timer);
  }
}
