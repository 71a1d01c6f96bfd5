/**
 * What a record of progress may hold, and what it looked like in earlier versions. Both the browser's database and the
 * file that a reader exports are such records, so one version counts for both, and nothing that comes in from either is
 * believed before it was looked at here. No browser is needed.
 */

/** @typedef {{ kind: string, id: string, value: any, changed: number, over?: number }} ProgressRecord
 *  changed: when, in milliseconds since 1970; over: the `changed` of the record that it took the place of (0: of none) */

/** The version that this page writes. */
export const VERSION = 2;

/**
 * How a record of version N - 1 becomes one of version N. Version 1 had no `first` for the earliest quiz answers: whether
 * the first attempt was right is only known to be what the kept one was.
 * @type {Record<number, (record: any) => any>}
 */
const migrations = {
  2: (record) => record?.kind === 'quiz' && record.value && record.value.first === undefined
    ? { ...record, value: { ...record.value, first: record.value.right } }
    : record,
};

/**
 * @param {any} record of that version
 * @param {number} version
 */
export function migrate(record, version) {
  for (let next = version + 1; next <= VERSION; next++) record = migrations[next](record);
  return record;
}

const LONGEST_CODE = 5_000_000; // characters
const LONGEST_ID = 200;
const LONGEST_VERDICT = 500;
const LONGEST_LIST = 1000;

/** @type {(value: any) => boolean} */
const isNumber = (value) => typeof value === 'number' && Number.isFinite(value);
/** @type {(value: any) => boolean} */
const isBoolean = (value) => typeof value === 'boolean';
/** @type {(value: any) => boolean} */
const isCount = (value) => isNumber(value) && Number.isInteger(value) && value >= 0;
/** @type {(value: any) => boolean} */
const isCode = (value) => typeof value === 'string' && value.length <= LONGEST_CODE;
/** @type {(value: any, longest: number) => boolean} */
const isText = (value, longest) => typeof value === 'string' && value.length > 0 && value.length <= longest;
/** @type {(value: any, item: (one: any) => boolean) => boolean} */
const isList = (value, item) => Array.isArray(value) && value.length <= LONGEST_LIST && value.every(item);
/** @type {(value: any) => boolean} */
const isAnswer = (value) => isNumber(value) || isList(value, isNumber);
/** @type {(pair: any) => boolean} */
const isSetting = (pair) => Array.isArray(pair) && pair.length === 2 && pair.every((one) => typeof one === 'string' && one.length <= LONGEST_ID);
/** @type {(one: any) => boolean} */
const isAttempt = (one) => one !== null && typeof one === 'object' && isCount(one.time) && one.time <= 8.64e15 && isCode(one.text) &&
  isText(one.verdict, LONGEST_VERDICT);

/**
 * Each kind's value, copied field by field; undefined if it is none.
 * @type {Record<string, (value: any) => any>}
 */
const values = {
  goal: (value) => (value === true ? true : undefined),
  section: (value) => (value === true ? true : undefined),
  hint: (value) => (isCount(value) ? value : undefined),
  code: (value) => (isCode(value) ? value : undefined),
  starter: (value) => (isCode(value) ? value : undefined),
  lab: (value) => isList(value?.params, isSetting) && isNumber(value.seed)
    ? { params: value.params.map((/** @type {[string, string]} */ pair) => [...pair]), seed: value.seed }
    : undefined,
  challenge: (value) => value && isBoolean(value.passed) && isCount(value.best)
    ? { passed: value.passed, best: value.best, star: value.star === true }
    : undefined,
  quiz: (value) => value && isAnswer(value.answer) && isBoolean(value.right) && isBoolean(value.first)
    ? { answer: value.answer, right: value.right, first: value.first }
    : undefined,
  prediction: (value) => {
    if (value?.skipped === true) return { skipped: true };
    return value && isAnswer(value.guess) && isBoolean(value.far) ? { guess: value.guess, far: value.far } : undefined;
  },
  attempts: (value) => isList(value, isAttempt)
    ? value.map((/** @type {any} */ { time, text, verdict }) => ({ time, text, verdict }))
    : undefined,
};

/**
 * A record that can be trusted to have the right types, with nothing in it that does not belong there; or why not.
 * @param {any} record of this version
 * @param {number} now a time after this is taken for now: a clock that was wrong must not win for ever
 * @returns {ProgressRecord | 'unknown' | 'malformed'}
 */
export function checkRecord(record, now) {
  if (record === null || typeof record !== 'object' || typeof record.kind !== 'string') return 'malformed';
  if (!Object.hasOwn(values, record.kind)) return 'unknown';
  const value = values[record.kind](record.value);
  if (value === undefined || !isText(record.id, LONGEST_ID) || !isNumber(record.changed) || record.changed < 0) return 'malformed';
  return { kind: record.kind, id: record.id, value, changed: Math.min(record.changed, now), over: isNumber(record.over) ? record.over : 0 };
}

const MOST_ATTEMPTS = 20;
const MOST_CHARACTERS = 400_000; /* of all texts together: nobody writes that much, but one can paste it */

/**
 * As many attempts at one challenge as are kept, the first of them whatever its length.
 * @param {import('./attempts.js').Attempt[]} attempts
 */
export function fitAttempts([first, ...others]) {
  let room = MOST_CHARACTERS - first.text.length;
  return [first, ...others.slice(0, MOST_ATTEMPTS - 1).filter(({ text }) => (room -= text.length) >= 0)];
}
