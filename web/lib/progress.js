/**
 * What the reader has done, kept in their browser and nowhere else. One record per thing done, so two tabs that do
 * different things never overwrite each other; what one does, the others show. Where the browser refuses storage, the
 * page goes on with what it remembers until it is closed, and `problem` says so.
 *
 * Kinds and their values:
 *   goal       "lab/goal" -> true                      lab      name -> { params, seed }
 *   challenge  slug -> { passed, best, star }          code     slug -> text
 *   hint       slug -> how many are open               quiz     id -> { answer, right, first }
 *   section    "01-overview/what-is" -> true   prediction id -> { guess, far }, or { skipped: true }
 *   attempts   slug -> the last runs, newest first (attempts.js)
 *   starter    slug -> the starter that the learner began with, for as long as there is code of theirs
 * progress-record.js checks them; progress-file.js makes a file of them and merges it.
 */
import { openProgress, patiently, problemOf } from './progress-database.js';
import { checkRecord } from './progress-record.js';

/** @typedef {'goal' | 'lab' | 'challenge' | 'code' | 'hint' | 'quiz' | 'prediction' | 'section' | 'attempts' | 'starter'} ProgressKind */
/** @typedef {import('./progress-record.js').ProgressRecord} ProgressRecord */
/** @typedef {import('./progress-database.js').Database} Database */
/** @typedef {{ changed: number, over: number }} Stamp */
/**
 * @typedef {object} ProgressChange
 * @property {string} kind
 * @property {string} id
 * @property {any} value undefined: deleted
 * @property {boolean} elsewhere another tab, or an import, has done it
 * @property {boolean} follows whoever did it knew the value that this page had
 */

const CHANNEL = 'laymanz-progress';

/**
 * @fires change - CustomEvent<ProgressChange>, after a value was set
 * @fires problem - when `problem` has changed
 */
class Progress extends EventTarget {
  constructor() {
    super();
    /** @type {string | null} a sentence for the reader, or null while all is well */
    this.problem = null;
    /** How many records could not be understood; they stay where they are. */
    this.unreadable = 0;
    /** @type {Map<string, Map<string, any>>} */
    this.kinds = new Map();
    /** @type {Map<string, Stamp>} when each value was last set, deleted ones included */
    this.stamps = new Map();
    /** @type {Database | null} */
    this.database = null;
    this.channel = typeof BroadcastChannel === 'function' ? new BroadcastChannel(CHANNEL) : null;
    this.channel?.addEventListener('message', ({ data }) => this.hear(data));
    /** Resolves, always, once `get` and `all` know what was kept. */
    this.ready = this.load();
  }

  async load() {
    try {
      this.database = await openProgress((error) => {
        this.database = null;
        this.report(problemOf(error));
      });
      for (const record of await this.readAll()) {
        if (this.stamps.has(keyOf(record))) continue; // what was set meanwhile is newer
        this.all(record.kind).set(record.id, record.value);
        this.stamps.set(keyOf(record), { changed: record.changed, over: record.over ?? 0 });
      }
    } catch (error) {
      this.database = null;
      this.report(problemOf(error));
    }
  }

  /** The records that can be understood. @returns {Promise<ProgressRecord[]>} */
  async readAll() {
    const kept = this.database ? await patiently(this.database.getAll('records')) : [];
    const records = kept.map((record) => checkRecord(record, Infinity)).filter((record) => typeof record === 'object');
    this.unreadable = kept.length - records.length;
    return records;
  }

  /** What other tabs did while this one slept and could not hear of it. */
  async refresh() {
    await this.ready;
    const kept = await this.readAll().catch(() => null); // a write will tell
    for (const record of kept ?? []) this.hear({ records: [record] });
  }

  /**
   * What another tab has done; older news than ours is no news.
   * @param {any} message of a tab that may be of another version of the site
   */
  hear(message) {
    if (message?.forget === true) return this.empty();
    for (const record of Array.isArray(message?.records) ? message.records : []) {
      const known = record.value === undefined ? record : checkRecord(record, Infinity);
      if (typeof known === 'object' && known.changed > (this.stamps.get(keyOf(known))?.changed ?? 0)) this.take(known);
    }
  }

  /**
   * Takes over a value that was not set on this page.
   * @param {ProgressRecord} record
   */
  take({ kind, id, value, changed, over = 0 }) {
    const known = this.stamps.get(keyOf({ kind, id }));
    this.stamps.set(keyOf({ kind, id }), { changed, over });
    if (value === undefined) this.all(kind).delete(id);
    else this.all(kind).set(id, value);
    this.tell({ kind, id, value, elsewhere: true, follows: over === (known?.changed ?? 0) });
  }

  empty() {
    for (const [kind, values] of this.kinds) for (const id of [...values.keys()])
      this.take({ kind, id, value: undefined, changed: this.stamp(kind, id).changed, over: -1 });
  }

  /** @param {ProgressChange} detail */
  tell(detail) {
    this.dispatchEvent(new CustomEvent('change', { detail }));
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

  /** All of it, as it would stand in a file. @returns {ProgressRecord[]} */
  records() {
    return [...this.kinds].flatMap(([kind, values]) =>
      [...values].map(([id, value]) => ({ kind, id, value, changed: this.changed(/** @type {ProgressKind} */ (kind), id) })));
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
   * When that was, in milliseconds since 1970; 0: never.
   * @param {ProgressKind} kind
   * @param {string} id
   */
  changed(kind, id) {
    return this.stamps.get(keyOf({ kind, id }))?.changed ?? 0;
  }

  /** The next stamp: later than the last, whatever the clock says. @type {(kind: string, id: string) => Stamp} */
  stamp(kind, id) {
    const over = this.stamps.get(keyOf({ kind, id }))?.changed ?? 0;
    return { changed: Math.max(Date.now(), over + 1), over };
  }

  /**
   * Remembers a value: at once for this page and the other tabs, and in the browser when the promise resolves. Never
   * rejects.
   * @param {ProgressKind} kind
   * @param {string} id
   * @param {any} value what structured clone can copy
   */
  async set(kind, id, value) {
    const record = { kind, id, value, ...this.stamp(kind, id) };
    this.all(kind).set(id, value);
    this.note(record);
    await this.write((records) => records.put(record));
  }

  /**
   * Forgets a value. Never rejects.
   * @param {ProgressKind} kind
   * @param {string} id
   */
  async delete(kind, id) {
    this.all(kind).delete(id);
    this.note({ kind, id, value: undefined, ...this.stamp(kind, id) });
    await this.write((records) => records.delete([kind, id]));
  }

  /** @param {ProgressRecord & Stamp} record */
  note(record) {
    const { kind, id, value, changed, over } = record;
    this.stamps.set(keyOf(record), { changed, over });
    this.channel?.postMessage({ records: [record] });
    this.tell({ kind, id, value, elsewhere: false, follows: true });
  }

  /**
   * Takes over records of an import, whose times they keep; all of them are written, or none. Never rejects.
   * @param {ProgressRecord[]} records
   */
  async takeAll(records) {
    const stamped = records.map((record) => ({ ...record, over: this.changed(/** @type {ProgressKind} */ (record.kind), record.id) }))
      .map((record) => ({ ...record, changed: Math.max(record.changed, record.over + 1) }));
    for (const record of stamped) this.take(record);
    this.channel?.postMessage({ records: stamped });
    await this.write((store) => Promise.all(stamped.map((record) => store.put(record))));
  }

  /** Forgets everything, here and in every tab. Never rejects. */
  async forget() {
    this.empty();
    this.channel?.postMessage({ forget: true });
    await this.write((records) => records.clear());
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
      const changed = started(() => change(transaction.store));
      if (changed instanceof Error) {
        transaction.done.catch(() => {}); // the abort that follows; why is told already
        transaction.abort();
        throw changed;
      }
      transaction.commit();
      await Promise.all([changed, transaction.done]);
      this.report(null);
    } catch (error) {
      this.report(problemOf(error));
    }
  }
}

/** @type {(action: () => Promise<any>) => Promise<any> | Error} */
function started(action) {
  try {
    return action();
  } catch (error) {
    return error instanceof Error ? error : new Error(String(error));
  }
}

/** @type {(record: { kind: string, id: string }) => string} */
const keyOf = ({ kind, id }) => `${kind}\n${id}`;

export const progress = new Progress();

if (typeof document !== 'undefined') {
  document.addEventListener('visibilitychange', () => document.visibilityState === 'visible' && progress.refresh());
  addEventListener('pageshow', ({ persisted }) => persisted && progress.refresh());
}
