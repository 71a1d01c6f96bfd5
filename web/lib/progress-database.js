/** The browser's database of progress: its versions, and what can be wrong with it in a sentence. */
import { openDB } from 'idb';
import { migrate, VERSION } from './progress-record.js';
import { progressDatabase as strings } from '../strings/strings.js';

/** @typedef {import('./progress-record.js').ProgressRecord} ProgressRecord */
/** @typedef {import('idb').IDBPDatabase<{ records: { key: [string, string], value: ProgressRecord } }>} Database */
/** @typedef {import('idb').IDBPTransaction<any, ['records'], 'versionchange'>} Upgrade */

const DATABASE = 'laymanz';
const PATIENCE_MS = 4000; // some private modes neither open a database nor refuse to

const NOT_KEPT =
  strings.thisBrowserDoesNot;
const FULL =
  strings.theBrowsersStorageFor;
const NEWER =
  strings.yourProgressInThis;
const BROKEN =
  strings.theBrowserCannotRead;
const CLOSED =
  strings.aNewerVersionOf;

/** @type {Record<string, string>} by the name of the DOMException */
const sentences = { QuotaExceededError: FULL, VersionError: NEWER, NotFoundError: BROKEN, UnknownError: BROKEN,
  DataError: BROKEN, NotReadableError: BROKEN, DataCloneError: BROKEN, Closed: CLOSED };

/** @param {unknown} error */
export function problemOf(error) {
  return (error instanceof DOMException && sentences[error.name]) || NOT_KEPT;
}

/**
 * How the database becomes that of a version, from the one before. A version whose records alone differ needs nothing
 * here: progress-record.js says how they change.
 * @type {Record<number, (database: Database) => void>}
 */
const structures = {
  1: (database) => void database.createObjectStore('records', { keyPath: ['kind', 'id'] }),
};

/** @type {(database: Database, from: number, upgrade: Upgrade) => Promise<void>} */
async function bringUpToDate(database, from, upgrade) {
  for (let next = from + 1; next <= VERSION; next++) structures[next]?.(database);
  if (from === 0) return;
  for (let at = await upgrade.objectStore('records').openCursor(); at; at = await at.continue()) {
    const record = migrate(at.value, from);
    if (record !== at.value) await at.update(record);
  }
}

/**
 * @template T
 * @param {Promise<T>} promise
 * @returns {Promise<T>}
 */
export function patiently(promise) {
  return new Promise((resolve, reject) => {
    const timer = setTimeout(() => reject(new Error('the database does not answer')), PATIENCE_MS);
    promise.then(resolve, reject).finally(() => clearTimeout(timer));
  });
}

/**
 * @param {(error: DOMException) => void} lost when the database is gone before the page is
 * @returns {Promise<Database>}
 */
export function openProgress(lost) {
  return patiently(openDB(DATABASE, VERSION, {
    upgrade: (database, from, _to, upgrade) => bringUpToDate(/** @type {any} */ (database), from, /** @type {any} */ (upgrade)),
    blocking(_now, wanted, event) {
      // A newer version of the site, in another tab, waits for this one to let go. Without a version: it is deleted.
      /** @type {IDBDatabase} */ (event.target).close();
      lost(new DOMException('closed', wanted ? 'Closed' : 'InvalidStateError'));
    },
    terminated: () => lost(new DOMException('closed by the browser', 'UnknownError')),
  }));
}
