/**
 * The spelling of what learners read: lessons, challenges, the README, and the sentences that labs declare. hunspell
 * (British, -ise) knows the language, words.txt our own terms, codespell the usual slips that are words as well.
 * Code, formulas, addresses and front-matter names are not prose. Ends with a line "N passed, N failed".
 */
import { execFileSync, spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join, relative } from 'node:path';
import { fileURLToPath } from 'node:url';

const HERE = dirname(fileURLToPath(import.meta.url));
const ROOT = join(HERE, '../..');
const WORDS = join(HERE, 'words.txt');
const PROGRAM = join(ROOT, 'build/laymanz');
const TYPED_FIELDS = /^(slug|number|signature|drives|level|minutes|leaks|count|star|time_limit):/;
const DECLARED = new Set(['title', 'question', 'label', 'help', 'sentence', 'step_label', 'absent']);

/** @typedef {{ name: string, lines: string[] }} Text the prose of a file, line by line */

/** Blanks that keep every line where it is. */
const blank = (text) => text.replace(/[^\n]/g, ' ');

/** The prose of a Markdown file. */
function prose(markdown) {
  const fenced = markdown.replace(/^(```|~~~).*?^\1/gms, blank).replace(/^---\n.*?^---$/ms, (front) =>
    front.split('\n').map((line) => (TYPED_FIELDS.test(line) || line === '---' ? blank(line) : line.replace(/^\w+:/, blank))).join('\n'));
  return fenced
    .replace(/<!--.*?-->/gs, blank)
    .replace(/^( {4}|\t).*$/gm, (line, _indent, at, all) => (/\n[ \t]*\n$/.test(all.slice(0, at)) || / {4}/.test(line) ? blank(line) : line))
    .replace(/`[^`\n]+`/g, blank)
    .replace(/\$\$.*?\$\$/gs, blank)
    .replace(/\$(?!\s)(?:\\.|[^\\$\n]|\n(?!\n))+?\$/g, blank)
    .replace(/\]\([^)\s]*/g, blank)
    .replace(/\[\^[^\]]+\]:?/g, blank)
    .replace(/^\{\{.*\}\}$/gm, blank)
    .replace(/^:::\s+(quiz|predict)\b.*$/gm, blank)
    .replace(/^= (view \S+ \S+|[a-z][a-z0-9_]*)(?= \|)/gm, blank)
    .replace(/\{#[^}]+\}/g, blank)
    .replace(/-th\b/g, blank)
    .replace(/https?:\/\/\S+/g, blank);
}

function markdownFiles(folder) {
  return readdirSync(join(ROOT, folder), { withFileTypes: true }).flatMap((entry) => {
    const path = join(folder, entry.name);
    return entry.isDirectory() ? markdownFiles(path) : /^[^.]+\.md$/.test(entry.name) ? [path] : [];
  });
}

/** The declared sentences of a lab, one a line. */
function sentencesOf(thing) {
  if (Array.isArray(thing)) return thing.flatMap(sentencesOf);
  if (thing === null || typeof thing !== 'object') return [];
  return Object.entries(thing).flatMap(([key, value]) =>
    typeof value === 'string' ? (DECLARED.has(key) ? [value] : []) : sentencesOf(value));
}

/** @returns {Text[]} */
function texts() {
  const files = ['README.md', ...markdownFiles('lessons').sort()];
  const labs = JSON.parse(execFileSync(PROGRAM, ['labs', '--json'], { maxBuffer: 2 ** 26 }).toString());
  return [
    ...files.map((name) => ({ name, lines: prose(readFileSync(join(ROOT, name), 'utf8')).split('\n') })),
    ...labs.map((lab) => ({ name: lab.source, lines: sentencesOf(lab).map(prose) })),
  ];
}

function run(program, args, input) {
  const result = spawnSync(program, args, { input, encoding: 'utf8', maxBuffer: 2 ** 26, env: { ...process.env, LC_ALL: 'C.UTF-8' } });
  if (result.error) throw new Error(`${program} is missing; on Debian and Ubuntu: apt-get install codespell hunspell hunspell-en-gb`);
  return result.stdout;
}

/** Our own terms, which must be sorted, once each, and unknown to the dictionary. */
function ownWords() {
  const words = readFileSync(WORDS, 'utf8').split('\n').filter(Boolean);
  const order = (a, b) => a.toLowerCase().localeCompare(b.toLowerCase(), 'en') || (a < b ? -1 : 1);
  const sorted = [...new Set(words)].sort(order);
  const misplaced = words.findIndex((word, i) => word !== sorted[i]);
  const problems = misplaced < 0 ? [] : [`words.txt:${misplaced + 1}: "${words[misplaced]}" breaks the order of the alphabet, or stands twice.`];
  const unknown = new Set(run('hunspell', ['-d', 'en_GB', '-l'], words.join('\n')).split('\n'));
  const known = words.filter((word) => !unknown.has(word));
  return { words, problems: [...problems, ...known.map((word) => `words.txt: "${word}" is in the dictionary; take it out.`)] };
}

/** Words as hunspell should see them: plain apostrophes, no hyphenated compounds, no words with digits, no initials. */
function wordsOf(line) {
  return (line.replaceAll('’', "'").match(/[\p{L}\p{N}_'.]+/gu) ?? [])
    .map((word) => word.replace(/^['.]+|['.]+$/g, '').replace(/'s$/, ''))
    .filter((word) => /^[\p{L}']{2,}$/u.test(word) && !/^\p{Lu}+s?$/u.test(word)); // abbreviations are names
}

/** @param {Text[]} all @param {string[]} own */
function misspelt(all, own) {
  const mine = new Set(own.flatMap((word) => [word, word.charAt(0).toUpperCase() + word.slice(1)]));
  const used = [...new Set(all.flatMap(({ lines }) => lines.flatMap(wordsOf)))];
  const wrong = new Set(run('hunspell', ['-d', 'en_GB', '-l'], used.join('\n')).split('\n').filter((word) => word && !mine.has(word)));
  const lower = new Set(used.map((word) => word.toLowerCase()));
  return {
    unused: own.filter((word) => !lower.has(word.toLowerCase())),
    found: all.flatMap(({ name, lines }) => lines.flatMap((line, i) => [...new Set(wordsOf(line))].filter((word) => wrong.has(word)).map((word) =>
      `${name}:${i + 1}: "${word}" is in no dictionary; mend it, or, if it is a term or a name, add it to tests/spelling/words.txt.`))),
  };
}

/** The usual slips. codespell reads files, so it is given the prose in a folder of the same shape. */
function slips(all) {
  const folder = mkdtempSync(join(tmpdir(), 'spelling-'));
  const names = all.map(({ lines }, i) => {
    writeFileSync(join(folder, `${i}.txt`), lines.join('\n'));
    return join(folder, `${i}.txt`);
  });
  const told = run('codespell', ['--ignore-words', WORDS, '--ignore-words-list', 'fro', ...names]).split('\n').filter(Boolean);
  rmSync(folder, { recursive: true });
  return told.map((line) => {
    const [, file, at, words] = /^(.*?):(\d+): (.*)$/.exec(line) ?? [];
    const [wrong, right] = words.split(' ==> ');
    return `${all[Number(relative(folder, file).replace('.txt', ''))].name}:${at}: "${wrong}" looks like a slip for "${right}"; mend it.`;
  });
}

const all = texts();
const { words, problems } = ownWords();
const { found, unused } = misspelt(all, words);
const mistakes = [...problems, ...found, ...slips(all), ...unused.map((word) => `words.txt: "${word}" stands in no text; take it out.`)];
for (const mistake of mistakes) console.log(mistake);
const failing = all.filter(({ name }) => mistakes.some((mistake) => mistake.startsWith(`${name}:`))).length;
const failed = failing + (mistakes.some((mistake) => mistake.startsWith('words.txt')) ? 1 : 0);
console.log(`spelling: ${all.length + 1 - failed} passed, ${failed} failed`);
process.exitCode = failed > 0 ? 1 : 0;
