/**
 * Every number of a lesson's text that a lab can compute, read from the lab. One file per chapter, NN-slug.txt; a line:
 *
 *   words of the text | LAB param=value ... | seeds 1-8 | steps 2000 | QUANTITY | value ± tolerance
 *
 * The words must stand in the lesson, verbatim, and hold the number (as it is, or as a percentage). Seeds: "seed 1", or a
 * mean over several. Steps: "end" runs the lab to its end. QUANTITY is a readout, or one of a line's points: "y VIEW/SERIES
 * X", the smallest "min VIEW/SERIES" and where it is, "argmin VIEW/SERIES", or the first x with y below or above a value:
 * "below VIEW/SERIES Y", "above VIEW/SERIES Y".
 */
import { execFile } from 'node:child_process';
import { readdirSync, readFileSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';

const HERE = dirname(fileURLToPath(import.meta.url));
const ROOT = join(HERE, '../..');
const PROGRAM = join(ROOT, 'build/laymanz');
const MOST_BYTES = 2 ** 28;

/** Markdown as a reader sees it, near enough: links without their addresses, one space between words. */
const plain = (text) => text.replace(/\[([^\]]*)\]\([^)]*\)/g, '$1').replace(/[*_`]/g, '').replace(/\s+/g, ' ');

function parse(file) {
  const lesson = plain(readFileSync(join(ROOT, 'lessons', file.replace(/\.txt$/, ''), 'lesson.md'), 'utf8'));
  const lines = readFileSync(join(HERE, file), 'utf8').split('\n');
  return lines.flatMap((line, i) => (/^\s*(#|$)/.test(line) ? [] : [{ ...parseLine(line), lesson, at: `${file}:${i + 1}` }]));
}

function parseLine(line) {
  const [words, lab, seeds, steps, quantity, value] = line.split(' | ').map((field) => field.trim());
  const [name, ...settings] = lab.split(' ');
  const [first, last = first] = seeds.replace(/^seeds? /, '').split('-').map(Number);
  const [expected, tolerance] = value.split(' ± ').map(Number);
  return {
    words, name, settings, quantity, expected, tolerance, steps: steps === 'end' ? null : Number(steps.replace('steps ', '')),
    seeds: Array.from({ length: last - first + 1 }, (_, i) => first + i),
  };
}

const runs = new Map();

/** What the lab says; each run once, however many figures are read from it. */
function run({ name, settings, steps }, seed) {
  const set = settings.flatMap((setting) => ['--set', setting]);
  const args = ['lab', name, ...set, '--seed', String(seed), ...(steps === null ? [] : ['--steps', String(steps)]), '--json'];
  const key = args.join(' ');
  if (!runs.has(key)) runs.set(key, inTurn(() => promisify(execFile)(PROGRAM, args, { maxBuffer: MOST_BYTES })));
  return runs.get(key).then(({ stdout }) => JSON.parse(stdout));
}

let free = availableParallelism();
const waiting = [];

async function inTurn(work) {
  if (free === 0) await new Promise((resolve) => waiting.push(resolve));
  else free--;
  try {
    return await work();
  } finally {
    if (waiting.length > 0) waiting.shift()();
    else free++;
  }
}

function read(outcome, quantity) {
  if (quantity in outcome.readouts) return outcome.readouts[quantity];
  const [kind, place = '', argument] = quantity.split(' ');
  const [viewName, series] = place.split('/');
  const view = outcome.views[viewName];
  if (!view) throw new Error(`there is no readout or view for “${quantity}”`);
  const points = view.x.flatMap((x, i) => (!view.series || view.series[i] === series ? [{ x, y: view.y[i] }] : []));
  if (points.length === 0) throw new Error(`“${viewName}” has no series “${series}”`);
  const lowest = points.reduce((best, point) => (point.y < best.y ? point : best));
  const found = {
    y: () => points.find(({ x }) => x === Number(argument))?.y,
    min: () => lowest.y,
    argmin: () => lowest.x,
    below: () => points.find(({ y }) => y < Number(argument))?.x,
    above: () => points.find(({ y }) => y > Number(argument))?.x,
  }[kind]?.();
  if (found === undefined) throw new Error(`“${quantity}” finds no point`);
  return found;
}

/** What is wrong with a figure, or nothing. */
async function problem(figure) {
  const { words, lesson, expected, tolerance, seeds, quantity } = figure;
  if (!(tolerance >= 0)) return 'the last field should read "value ± tolerance"';
  if (!lesson.includes(plain(words))) return 'the lesson does not hold these words';
  const numbers = (words.match(/\d[\d,]*(\.\d+)?/g) ?? []).map((text) => Number(text.replaceAll(',', '')));
  const holds = numbers.some((number) => [number, number / 100].some((one) => Math.abs(one - expected) <= tolerance));
  if (numbers.length > 0 && !holds) return `the words do not hold ${expected}`;
  const values = await Promise.all(seeds.map(async (seed) => read(await run(figure, seed), quantity)));
  const mean = values.reduce((sum, value) => sum + value, 0) / values.length;
  return Math.abs(mean - expected) <= tolerance ? '' : `the lab says ${mean}, the text ${expected} ± ${tolerance}`;
}

const figures = readdirSync(HERE).filter((name) => name.endsWith('.txt')).sort().flatMap(parse);
const problems = await Promise.all(figures.map((figure) => problem(figure).catch((error) => error.message)));
problems.forEach((sentence, i) => {
  if (sentence) console.log(`${figures[i].at}: “${figures[i].words}”: ${sentence}`);
});
const failed = problems.filter(Boolean).length;
console.log(`lessons: ${figures.length - failed} passed, ${failed} failed`);
process.exitCode = failed > 0 || figures.length === 0 ? 1 : 0;
