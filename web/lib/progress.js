/**
 * What the reader has done, kept in their browser and nowhere else. One record per thing done, so two tabs that do
 * different things never overwrite each other. Where the browser refuses storage, the page goes on with what it
 * remembers until it is closed, and `problem` says so.
 *
 * Kinds and their values:
 *   goal       "lab/goal" -> true                      lab      name -> { params, seed }
 *   challenge  slug -> { passed, best }                code     slug -> text
 *   hint       slug -> how many are open               quiz     id -> { answer, right, first }
 *   section    "01-overview/what-is" -> true   prediction id -> { guess, far }, or { skipped: true }
 *   attempts   slug -> the last runs, newest first (attempts.js)
 *   starter    slug -> the starter that the learner began with, for as long as there is code of theirs
 */
import { openDB } from 'idb';

/** @typedef {'goal' | 'lab' | 'challenge' | 'code' | 'hint' | 'quiz' | 'prediction' | 'section' | 'attempts' | 'starter'} ProgressKind */
/** @typedef {{ kind: string, id: string, value: any, changed: number }} ProgressRecord */
/** @typedef {import('idb').IDBPDatabase<{ records: { key: [string, string], value: ProgressRecord } }>} Database */

const DATABASE = 'laymanz';
const VERSION = 1;
const PATIENCE_MS = 4000; // some private modes neither open a database nor refuse to

const NOT_KEPT =
  'This browser does not let the page keep anything, so your progress and code last until the page is closed.';
const FULL =
  'The browser’s storage for this site is full: what you do from now on may be lost when the page is closed. ' +
  'Free some space and it will be kept again.';

/**
 * @template T
 * @param {Promise<T>} promise
 * @returns {Promise<T>}
 */
function patiently(promise) {
  return new Promise((resolve, reject) => {
    const timer = setTimeout(() => reject(new Error('the database does not answer')), PATIENCE_MS);
    promise.then(resolve, reject).finally(() => clearTimeout(timer));
  });
}

/** @returns {Promise<Database>} */
function openDatabase() {
  return openDB(DATABASE, VERSION, {
    upgrade(database) {
      database.createObjectStore('records', { keyPath: ['kind', 'id'] });
    },
    blocking(_now, _wanted, event) {
      // A newer version of the site, in another tab, waits for this one to let go.
      /** @type {IDBDatabase} */ (event.target).close();
    },
  });
}

/**
 * @fires change - CustomEvent<{ kind, id, value }>, after a value was set (value undefined: deleted)
 * @fires problem - when `problem` has changed
 */
class Progress extends EventTarget {
  constructor() {
    super();
    /** @type {string | null} a sentence for the reader, or null while all is well */
    this.problem = null;
    /** @type {Map<string, Map<string, any>>} */
    this.kinds = new Map();
    /** @type {Database | null} */
    this.database = null;
    /** Resolves, always, once `get` and `all` know what was kept. */
    this.ready = this.load();
  }

  async load() {
    try {
      this.database = await patiently(openDatabase());
      const records = await patiently(this.database.getAll('records'));
      for (const { kind, id, value } of records) {
        if (!this.all(kind).has(id)) this.all(kind).set(id, value); // what was set meanwhile is newer
      }
    } catch {
      this.database = null;
      this.report(NOT_KEPT);
    }
  }

  /** @param {string | null} problem */
  report(problem) {
    if (problem === this.problem) return;
    this.problem = problem;
    this.dispatchEvent(new Event('problem'));
  }

  /**
   * Everything of one kind, by id. The map is live; do not change it.
   * @param {ProgressKind | string} kind
   * @returns {Map<string, any>}
   */
  all(kind) {
    let map = this.kinds.get(kind);
    if (!map) this.kinds.set(kind, (map = new Map()));
    return map;
  }

  /**
   * What was kept, or undefined. Complete once `ready` has resolved.
   * @param {ProgressKind} kind
   * @param {string} id
   */
  get(kind, id) {
    return this.all(kind).get(id);
  }

  /**
   * Remembers a value: at once for this page, and in the browser when the promise resolves. Never rejects.
   * @param {ProgressKind} kind
   * @param {string} id
   * @param {any} value what structured clone can copy
   */
  async set(kind, id, value) {
    this.all(kind).set(id, value);
    this.dispatchEvent(new CustomEvent('change', { detail: { kind, id, value } }));
    await this.write((records) => records.put({ kind, id, value, changed: Date.now() }));
  }

  /**
   * Forgets a value. Never rejects.
   * @param {ProgressKind} kind
   * @param {string} id
   */
  async delete(kind, id) {
    this.all(kind).delete(id);
    this.dispatchEvent(new CustomEvent('change', { detail: { kind, id, value: undefined } }));
    await this.write((records) => records.delete([kind, id]));
  }

  /**
   * Commits at once: a page that is left in the next moment still keeps what was done.
   * @param {(records: import('idb').IDBPObjectStore<any, ['records'], 'records', 'readwrite'>) => Promise<any>} change
   */
  async write(change) {
    if (!this.database) await this.ready;
    if (!this.database) return;
    try {
      const transaction = this.database.transaction('records', 'readwrite', { durability: 'relaxed' });
      const changed = change(transaction.store);
      transaction.commit();
      await Promise.all([changed, transaction.done]);
      this.report(null);
    } catch (error) {
      this.report(error instanceof DOMException && error.name === 'QuotaExceededError' ? FULL : NOT_KEPT);
    }
  }
}

export const progress = new Progress();
