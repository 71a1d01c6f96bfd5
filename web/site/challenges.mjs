/* Reads every challenge folder (lessons/CHAPTER/challenges/SLUG) and writes what the page needs of it: the task as
 * HTML, the starter and the solution, the list of checks, and the checks compiled by the page's own compiler. */
import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { labsArchive, libraryFiles } from '../compiler/library.mjs';
import { countOnce } from '../compiler/cost.js';
import { LONGEST_TIME_LIMIT, TIME_LIMIT } from '../compiler/limits.js';
import { Objects } from '../compiler/objects.mjs';
import { listChecks } from '../compiler/runner.js';
import { fastFlags } from '../compiler/tools.js';
import { FileLayer } from '../compiler/wasi.js';
import { Workshop } from '../compiler/workshop.js';
import { translated } from './language.mjs';
import { recordWrongAnswers } from './wrong-answers.mjs';

/**
 * @typedef {object} ChallengeText what challenge.md says; its Markdown with the line on which each part starts
 * @property {string} title
 * @property {number} level
 * @property {number} minutes
 * @property {string} teaches
 * @property {string} signature
 * @property {string | null} drives
 * @property {boolean} count whether operations, loads and stores are counted
 * @property {Star | null} star what the second star asks for
 * @property {boolean} leaksFail whether a check fails that leaves memory behind
 * @property {number} timeLimit of each check, in seconds
 * @property {{text: string, line: number}} task
 * @property {{text: string, line: number}[]} hints
 * @property {{text: string, line: number}} takeAway
 *
 * @typedef {{quantity: keyof import('../compiler/count.js').Counts, most: number}} Star of the solution's
 * @typedef {{chapter: string, slug: string, folder: string}} ChallengeFolder
 */

const REQUIRED = ['title', 'level', 'minutes', 'teaches', 'signature'];
const OPTIONAL = ['drives', 'count', 'star', 'leaks', 'time_limit'];
const FILES = ['challenge.md', 'starter.c', 'solution.c', 'checks.c'];

/**
 * @param {string} file
 * @param {number} line
 * @param {string} problem with its remedy
 */
const wrong = (file, line, problem) => new Error(`${file}:${line}: ${problem}`);

/**
 * Every challenge of every chapter, in the order of the folders.
 * @param {string} root
 * @returns {ChallengeFolder[]}
 */
export function findChallenges(root) {
  const lessons = join(root, 'lessons');
  return readdirSync(lessons)
    .sort()
    .flatMap((chapter) => {
      const folder = join(lessons, chapter, 'challenges');
      if (!existsSync(folder)) return [];
      return readdirSync(folder, { withFileTypes: true })
        .filter((entry) => entry.isDirectory())
        .map(({ name }) => ({ chapter, slug: name, folder: join(folder, name) }))
        .sort((a, b) => (a.slug < b.slug ? -1 : 1));
    });
}

/**
 * The `key: value` lines between the first two lines of dashes.
 * @param {string[]} lines
 * @param {string} file
 */
function readFrontMatter(lines, file) {
  const end = lines.indexOf('---', 1);
  if (lines[0] !== '---' || end < 0)
    throw wrong(
      file,
      1,
      `start the file with a line ---, then ${REQUIRED.join(', ')} (and drives) as "key: value", then ---`,
    );
  /** @type {Record<string, string>} */
  const fields = {};
  for (let i = 1; i < end; i++) {
    const match = /^(\w+):\s*(.*\S)\s*$/.exec(lines[i]);
    if (!match) throw wrong(file, i + 1, `"${lines[i]}" is not of the form "key: value"`);
    if (![...REQUIRED, ...OPTIONAL].includes(match[1]))
      throw wrong(file, i + 1, `unknown key "${match[1]}"; known are ${[...REQUIRED, ...OPTIONAL].join(', ')}`);
    fields[match[1]] = match[2];
  }
  for (const key of REQUIRED) if (!(key in fields)) throw wrong(file, end + 1, `add "${key}: ..." above this line`);
  for (const [key, low, high] of /** @type {[string, number, number][]} */ ([
    ['level', 1, 5],
    ['minutes', 1, 240],
    ['time_limit', 1, LONGEST_TIME_LIMIT],
  ])) {
    const value = fields[key];
    if (value !== undefined && (!/^\d+$/.test(value) || Number(value) < low || Number(value) > high))
      throw wrong(file, 1, `${key} is "${value}"; write a whole number from ${low} to ${high}`);
  }
  return { fields, end };
}

/**
 * How an answer's cost is looked at: `count: true`, `star: loads <= 0.8`, `leaks: fail`.
 * @param {Record<string, string>} fields
 * @param {string} file
 */
function readCostRules({ count, star, leaks }, file) {
  if (count !== undefined && count !== 'true')
    throw wrong(file, 1, `count is "${count}"; write "count: true" or nothing`);
  if (leaks !== undefined && leaks !== 'fail')
    throw wrong(file, 1, `leaks is "${leaks}"; write "leaks: fail" or nothing`);
  const match = /^(flops|loads|stores) <= (\d+(?:\.\d+)?)$/.exec(star ?? '');
  if (star !== undefined && (!match || !count))
    throw wrong(
      file,
      1,
      'a star is "star: loads <= 0.8": flops, loads or stores, at most so many times those of the solution; ' +
        'it needs "count: true" too',
    );
  return {
    count: count === 'true',
    star: match && {
      quantity: /** @type {Star['quantity']} */ (match[1]),
      most: Number(match[2]),
    },
    leaksFail: leaks === 'fail',
  };
}

/**
 * The items of a list; what is indented under an item belongs to it.
 * @param {string[]} lines
 * @param {number} from
 * @param {number} to
 * @param {string} file
 */
function readHints(lines, from, to, file) {
  /** @type {{text: string, line: number}[]} */
  const hints = [];
  for (let i = from; i < to; i++) {
    const item = /^(?:[-*]|\d+[.)])\s+(.*)$/.exec(lines[i]);
    if (item) hints.push({ text: item[1], line: i + 1 });
    else if (hints.length > 0) hints[hints.length - 1].text += `\n${lines[i].replace(/^ {1,3}/, '')}`;
    else if (lines[i].trim() !== '')
      throw wrong(file, i + 1, 'each hint is an item of a list: start it with "1. " or "- "');
  }
  if (hints.length === 0) throw wrong(file, from, 'give at least one hint, as an item of a list');
  return hints.map(({ text, line }) => ({ text: text.trim(), line }));
}

/**
 * @param {string} source of challenge.md
 * @param {string} file for messages
 * @returns {ChallengeText}
 */
export function readChallenge(source, file) {
  const lines = source.split(/\r?\n/);
  const { fields, end } = readFrontMatter(lines, file);
  const heading = (/** @type {string} */ title) => {
    const at = lines.indexOf(`## ${title}`);
    if (at < 0) throw wrong(file, lines.length, `add a section "## ${title}"`);
    return at;
  };
  const hintsAt = heading('Hints'),
    takeAwayAt = heading('Take away');
  if (takeAwayAt < hintsAt) throw wrong(file, takeAwayAt + 1, 'put "## Take away" last, after "## Hints"');
  const part = (/** @type {number} */ from, /** @type {number} */ to, /** @type {string} */ what) => {
    const text = lines.slice(from, to).join('\n').trim();
    if (text === '') throw wrong(file, from + 1, `${what} is empty: write it`);
    return { text: lines.slice(from, to).join('\n'), line: from + 1 };
  };
  return {
    title: fields.title,
    level: Number(fields.level),
    minutes: Number(fields.minutes),
    teaches: fields.teaches,
    signature: fields.signature,
    drives: fields.drives ?? null,
    ...readCostRules(fields, file),
    timeLimit: Number(fields.time_limit ?? TIME_LIMIT),
    task: part(end + 1, hintsAt, 'the task'),
    hints: readHints(lines, hintsAt + 1, takeAwayAt, file),
    takeAway: part(takeAwayAt + 1, lines.length, 'what to take away'),
  };
}

/**
 * Compiles checks.c, and learns what it checks by running it with the solution.
 * @param {Objects} objects
 * @param {Map<string, Uint8Array>} library
 * @param {string} path of the folder, relative to the project's
 * @param {string} solution
 */
async function compileChecks(objects, library, path, solution) {
  const object = await objects.compile(`${path}/checks.c`);
  const listed = await objects.remember('.json', ['checks', object, solution, ...[...library].flat()], async () => {
    const { llvm, layers } = await objects.open();
    const workshop = new Workshop(llvm, [...layers, new FileLayer(library)]);
    const { wasm, problems, diagnostics } = workshop.build(solution, object, '');
    if (!wasm) {
      const why = [...diagnostics.map(({ line, message }) => `line ${line}: ${message}`), ...problems].join('; ');
      throw new Error(`${path}/solution.c: does not compile and link with checks.c: ${why}`);
    }
    return new TextEncoder().encode(
      JSON.stringify(listChecks(await WebAssembly.compile(/** @type {Uint8Array<ArrayBuffer>} */ (wasm)))),
    );
  });
  return { object, checks: JSON.parse(new TextDecoder().decode(listed)) };
}

/**
 * What the solution computes on the challenge's typical input; null if checks.c has no check_cost.
 * @param {Objects} objects
 * @param {Map<string, Uint8Array>} library
 * @param {Uint8Array} checks
 * @param {string} solution
 * @returns {Promise<import('../compiler/count.js').Counts | null>}
 */
async function countSolution(objects, library, checks, solution) {
  const how = readFileSync(new URL('../compiler/count.js', import.meta.url));
  const inputs = ['cost', how, fastFlags('', '').join(' '), checks, solution, ...[...library].flat()];
  const counted = await objects.remember('.json', inputs, async () => {
    const { llvm, layers } = await objects.open();
    const built = new Workshop(llvm, [...layers, new FileLayer(library)]).buildFast(solution, checks);
    if (!built) throw new Error('solution.c does not compile for speed'); /* and yet it did with checks */
    return new TextEncoder().encode(JSON.stringify(await countOnce(built.counting)));
  });
  return JSON.parse(new TextDecoder().decode(counted));
}

/**
 * Writes a file only if it changes, so that its time stays true.
 * @param {string} file
 * @param {string | Uint8Array} content
 */
function update(file, content) {
  const bytes = Buffer.from(content);
  if (!existsSync(file) || !readFileSync(file).equals(bytes)) writeFileSync(file, bytes);
}

/**
 * @typedef {{slug: string, chapter: string, title: string, level: number, minutes: number, teaches: string,
 *   signature: string, drives: string | null}} ChallengeEntry as data/challenges.json lists it
 */

/**
 * Writes data/challenges.json, and for each challenge data/challenges/SLUG.json and SLUG.o; for those that drive a lab
 * SLUG.drive.o, and data/liblabs.a for all of them.
 * @param {object} options
 * @param {string} options.root the project's folder
 * @param {string} options.out the site's folder
 * @param {(markdown: string, file: string, line: number) => string | Promise<string>} options.render to HTML; `line` is
 *   where the text starts in the file
 * @returns {Promise<ChallengeEntry[]>}
 */
export async function buildChallenges({ root, out, render }) {
  const folder = join(out, 'data', 'challenges');
  mkdirSync(folder, { recursive: true });
  const library = await libraryFiles(join(dirname(out), 'compiler-objects', 'library'));
  const objects = new Objects(root, join(dirname(out), 'compiler-objects', 'challenges'));
  /** @type {ChallengeEntry[]} */
  const list = [];
  for (const { chapter, slug, folder: from } of findChallenges(root)) {
    const path = `lessons/${chapter}/challenges/${slug}`,
      file = `${path}/challenge.md`;
    for (const name of FILES)
      if (!existsSync(join(from, name))) throw wrong(`${path}/${name}`, 1, 'this file is missing: write it');
    const other = list.find((one) => one.slug === slug);
    if (other) throw wrong(file, 1, `${other.chapter} has a challenge ${slug} too; rename one of the folders`);
    const { file: textFile, lang } = translated(root, file);
    const text = readChallenge(readFileSync(join(root, textFile), 'utf8'), textFile);
    const [starter, solution] = ['starter.c', 'solution.c'].map((name) => readFileSync(join(from, name), 'utf8'));
    const { object, checks } = await compileChecks(objects, library, path, solution);
    const counts = await countSolution(objects, library, object, solution);
    if (text.count && !counts) throw wrong(file, 1, '"count: true" needs a function check_cost in checks.c: see check.h');
    const { leaksFail, timeLimit } = text;
    const rules = { leaksFail, timeLimit };
    const wrongAnswers = await recordWrongAnswers(objects, library, { folder: from, path, object, checks, rules });
    const html = (/** @type {{text: string, line: number}} */ part) => render(part.text, textFile, part.line);
    const { title, level, minutes, teaches, signature, drives } = text;
    if (drives !== null && !existsSync(join(root, 'src/labs', `${drives}.c`)))
      throw wrong(file, 1, `drives names the lab "${drives}", but there is no src/labs/${drives}.c`);
    const has_drive = drives !== null && existsSync(join(from, 'drive.c'));
    if (has_drive) update(join(folder, `${slug}.drive.o`), await objects.compile(`${path}/drive.c`));
    const entry = { slug, chapter, title, level, minutes, teaches, signature, drives };
    list.push(entry);
    update(join(folder, `${slug}.o`), object);
    update(
      join(folder, `${slug}.json`),
      JSON.stringify({
        ...entry,
        lang,
        task: await html(text.task),
        hints: await Promise.all(text.hints.map(html)),
        take_away: await html(text.takeAway),
        starter,
        solution,
        checks,
        wrong: wrongAnswers,
        has_drive,
        leaks_fail: leaksFail,
        time_limit: timeLimit,
        cost: counts && { counts: text.count ? counts : null, star: text.star },
      }),
    );
  }
  objects.prune();
  if (list.some(({ drives }) => drives !== null))
    update(join(out, 'data', 'liblabs.a'), await labsArchive(join(dirname(out), 'compiler-objects', 'labs')));
  update(join(out, 'data', 'challenges.json'), JSON.stringify(list));
  return list;
}
