/**
 * Progress as a file that the reader keeps, and how a file becomes one with what they have done since.
 *
 * The file is one JSON object:
 *   format   "laymanz-progress"
 *   version  of the records (progress-record.js); older ones are brought up to date, newer ones refused
 *   date     when it was written, ISO 8601
 *   records  [{ kind, id, value, changed }], as progress.js describes them; changed in milliseconds since 1970
 *
 * Merging loses nothing: what is met, read or passed stays so, the better result stays, attempts are united, and where
 * both sides have different code for a challenge, the later is current and the other the first of its attempts. No
 * browser is needed.
 */
import { checkRecord, fitAttempts, migrate, VERSION } from './progress-record.js';
import { progressFile as strings } from '../strings/strings.js';

/** @typedef {import('./progress-record.js').ProgressRecord} ProgressRecord */
/** @typedef {import('./attempts.js').Attempt} Attempt */

const FORMAT = 'laymanz-progress';
export const LARGEST_FILE = 20_000_000; // bytes: everything done, with twenty attempts at each challenge, is far below
const MOST_RECORDS = 20_000;

/**
 * @param {ProgressRecord[]} records
 * @param {Date} date
 */
export function writeFile(records, date) {
  const plain = records.map(({ kind, id, value, changed }) => ({ kind, id, value, changed }));
  return `${JSON.stringify({ format: FORMAT, version: VERSION, date: date.toISOString(), records: plain }, null, 1)}\n`;
}

/**
 * What a file holds that can be used. Refusals are an Error with a sentence for the reader.
 * @param {string} text
 * @param {number} now
 * @returns {{ records: ProgressRecord[], unknown: number, malformed: number }} the last two: how many were left out
 */
export function readFile(text, now) {
  const file = parse(text);
  if (file === null || typeof file !== 'object' || file.format !== FORMAT)
    throw new Error(strings.thisJsonFileHolds);
  if (!Number.isInteger(file.version) || file.version < 1 || !Array.isArray(file.records))
    throw new Error(strings.thisFileSaysThat);
  if (file.version > VERSION)
    throw new Error(strings.thisFileIsOf(file.version, VERSION));
  if (file.records.length > MOST_RECORDS)
    throw new Error(strings.thisFileIsToo);
  const checked = file.records.map((/** @type {any} */ record) => checkRecord(migrate(record, file.version), now));
  const records = checked.filter((/** @type {any} */ record) => typeof record === 'object');
  const count = (/** @type {string} */ reason) => checked.filter((/** @type {any} */ one) => one === reason).length;
  return { records, unknown: count('unknown'), malformed: count('malformed') };
}

/** @param {string} text @returns {any} */
function parse(text) {
  if (text.length > LARGEST_FILE) throw new Error(strings.thisFileIsTooBig);
  try {
    return JSON.parse(text);
  } catch {
    throw new Error(strings.thisFileIsNot);
  }
}

/** @type {(a: ProgressRecord, b: ProgressRecord) => ProgressRecord} */
const later = (a, b) => (b.changed > a.changed ? b : a);

/**
 * One value out of two of one kind; `mine` where they are equal. Code is merged by the challenge, below.
 * @type {Record<string, (mine: ProgressRecord, theirs: ProgressRecord) => any>}
 */
const mergers = {
  goal: (mine) => mine.value,
  section: (mine) => mine.value,
  hint: (mine, theirs) => Math.max(mine.value, theirs.value),
  lab: (mine, theirs) => later(mine, theirs).value,
  challenge: ({ value: a }, { value: b }) => ({ passed: a.passed || b.passed, best: Math.max(a.best, b.best), star: a.star === true || b.star === true }),
  quiz: (mine, theirs) => {
    const right = [mine, theirs].filter(({ value }) => value.right);
    const kept = right.length === 1 ? right[0] : later(mine, theirs);
    const first = mine.changed <= theirs.changed ? mine : theirs;
    return { ...kept.value, first: first.value.first };
  },
  prediction: (mine, theirs) => {
    const made = [mine, theirs].filter(({ value }) => !value.skipped);
    return (made.length === 1 ? made[0] : later(mine, theirs)).value;
  },
  attempts: ({ value: mine }, { value: theirs }) => unite([...mine, ...theirs].sort((a, b) => b.time - a.time)),
};

/** Without repetitions, and no more than are kept. @param {Attempt[]} attempts */
function unite(attempts) {
  const seen = new Set();
  const different = attempts.filter(({ time, text }) => {
    const key = `${time}\n${text}`;
    return !seen.has(key) && seen.add(key);
  });
  return different.length > 0 ? fitAttempts(different) : different;
}

/** @param {{ kind: string, id: string }} record */
const keyOf = ({ kind, id }) => `${kind}\n${id}`;

/**
 * @typedef {object} Merge
 * @property {ProgressRecord[]} records to be written
 * @property {number} added how many of them are new
 * @property {number} updated and how many change what was there
 * @property {number} same records of the file that change nothing
 * @property {string[]} both the challenges for which both sides have different code
 */

/**
 * @param {ProgressRecord[]} mine
 * @param {ProgressRecord[]} theirs
 * @returns {Merge}
 */
export function merge(mine, theirs) {
  const have = new Map(mine.map((record) => [keyOf(record), record]));
  /** @type {Merge} */
  const result = { records: [], added: 0, updated: 0, same: 0, both: [] };
  const changed = new Map();
  /** @type {(record: ProgressRecord) => void} */
  const put = (record) => {
    const key = keyOf(record);
    const before = have.get(key);
    if (before && JSON.stringify(before.value) === JSON.stringify(record.value)) return void result.same++;
    if (before) result.updated++;
    else result.added++;
    have.set(key, record);
    changed.set(key, record);
  };
  const byKey = new Map(theirs.map((record) => [keyOf(record), record])); // of repeated ones the last
  for (const record of byKey.values()) {
    if (record.kind === 'code' || record.kind === 'starter') continue;
    const before = have.get(keyOf(record));
    put(before ? { ...later(before, record), value: mergers[record.kind](before, record) } : record);
  }
  for (const record of byKey.values()) {
    if (record.kind !== 'code') continue;
    const before = have.get(keyOf(record));
    const starter = byKey.get(keyOf({ kind: 'starter', id: record.id }));
    if (before && before.value !== record.value) {
      result.both.push(record.id);
      put(withAttempt(have.get(keyOf({ kind: 'attempts', id: record.id })), later(before, record) === record ? before : record, before));
    }
    if (!before || later(before, record) === record) for (const one of starter ? [starter, record] : [record]) put(one);
    else result.same += starter ? 2 : 1;
  }
  return { ...result, records: [...changed.values()] };
}

/**
 * The challenge's attempts with the code that is not current any more as the first.
 * @param {ProgressRecord | undefined} attempts
 * @param {ProgressRecord} code
 * @param {ProgressRecord} mine
 * @returns {ProgressRecord}
 */
function withAttempt(attempts, code, mine) {
  const verdict = code === mine ? strings.yourCodeBeforeAn : strings.codeFromAnImported;
  const others = (attempts?.value ?? []).filter((/** @type {Attempt} */ { text }) => text !== code.value);
  const value = fitAttempts([{ time: code.changed, text: code.value, verdict }, ...others]);
  return { kind: 'attempts', id: code.id, value, changed: Math.max(code.changed, attempts?.changed ?? 0) };
}

/**
 * What an import did and what it left, in sentences.
 * @param {Merge} merged
 * @param {{ unknown: number, malformed: number }} left
 * @param {(slug: string) => string} titleOf
 */
export function importSentence({ added, updated, same, both }, { unknown, malformed }, titleOf) {
  const nothing = added + updated === 0;
  return [
    nothing
      ? strings.theFileWasRead
      : strings.theFileWasReadNew(added, updated, same),
    both.length > 0
      ? strings.bothYouAndThe(both.map((slug) => `“${titleOf(slug)}”`).join(', '))
      : '',
    unknown > 0 ? strings.leftOutOfA(unknown) : '',
    malformed > 0 ? strings.leftOutThatCould(malformed) : '',
  ].filter(Boolean).join(' ');
}
