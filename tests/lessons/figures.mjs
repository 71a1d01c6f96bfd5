/**
 * Every number of a lesson's text that a lab can compute, read from the lab. One file per chapter, NN-slug.txt; a line:
 *
 *   words of the text | LAB param=value ... | seeds 1-8 | steps 2000 | QUANTITY | value ± tolerance
 *
 * The words must stand in the lesson, verbatim, and hold the number (as it is, in per cent or in thousands). Settings may
 * hold actions, "do:ACTION@STEP"; after " / " stand those of a second run, and the value is the ratio of the two. Seeds:
 * "seed 1", a mean over "seeds 1-8", or "seeds 1-8 every", where each must lie within the tolerance. Steps: "end" runs the
 * lab to its end; of "steps 20,40" the mean is taken. QUANTITY is a readout, or one of a line's points: "y VIEW/SERIES X",
 * the smallest "min VIEW/SERIES" and where it is, "argmin VIEW/SERIES", the first x with y below a value, "below
 * VIEW/SERIES Y", or below another series, "under VIEW/SERIES OTHER". -1 is "never" and 0 may be "at once": these two are
 * not looked for in the words.
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
  const slash = settings.indexOf('/');
  const [first, last = first] = seeds.replace(/^seeds? | every$/g, '').split('-').map(Number);
  const [expected, tolerance] = value.split(' ± ').map(Number);
  return {
    words, name, quantity, expected, tolerance,
    settings: slash < 0 ? settings : settings.slice(0, slash),
    others: slash < 0 ? null : settings.slice(slash + 1),
    steps: steps === 'end' ? [null] : steps.replace('steps ', '').split(',').map(Number),
    seeds: Array.from({ length: last - first + 1 }, (_, i) => first + i),
    every: seeds.endsWith(' every'),
  };
}

const runs = new Map();

/** What the lab says; each run once, however many figures are read from it. */
function run(name, settings, steps, seed) {
  const set = settings.flatMap((one) => (one.startsWith('do:') ? ['--do', one.slice(3)] : ['--set', one]));
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
  const other = view.x.map((x, i) => (view.series?.[i] === argument ? [x, view.y[i]] : null)).filter(Boolean);
  const lowest = points.reduce((best, point) => (point.y < best.y ? point : best));
  const found = {
    y: () => points.find(({ x }) => x === Number(argument))?.y,
    min: () => lowest.y,
    argmin: () => lowest.x,
    below: () => points.find(({ y }) => y < Number(argument))?.x,
    under: () => points.find(({ x, y }) => other.some(([at, value]) => at === x && y < value))?.x,
  }[kind]?.();
  if (found === undefined) throw new Error(`“${quantity}” finds no point`);
  return found;
}

/** @param {number[]} values */
const mean = (values) => values.reduce((sum, value) => sum + value, 0) / values.length;

/** The figure with each of its seeds. */
function measure({ name, quantity, steps, seeds }, settings) {
  const withSeed = async (seed) =>
    mean(await Promise.all(steps.map(async (n) => read(await run(name, settings, n, seed), quantity))));
  return Promise.all(seeds.map(withSeed));
}

/** Whether the words say the number: as it is, in per cent or in thousands. */
function holds(words, expected, tolerance) {
  const numbers = (words.match(/\d[\d,]*(\.\d+)?/g) ?? []).map((text) => Number(text.replaceAll(',', '')));
  const near = (number) => Math.abs(number - expected) <= tolerance * (1 + 1e-9);
  return numbers.length === 0 || numbers.some((number) => near(number) || near(number / 100) || near(number * 1000));
}

/** What is wrong with a figure, or nothing. */
async function problem(figure) {
  const { words, lesson, expected, tolerance, others, every } = figure;
  if (!(tolerance >= 0)) return 'the last field should read "value ± tolerance"';
  if (!lesson.includes(plain(words))) return 'the lesson does not hold these words';
  const said = expected === -1 || expected === 0 || others !== null;
  if (!said && !holds(words, expected, tolerance)) return `the words do not hold ${expected}`;
  const values = await measure(figure, figure.settings);
  const whole = others ? mean(values) / mean(await measure(figure, others)) : mean(values);
  const wrong = (every ? values : [whole]).filter((value) => !(Math.abs(value - expected) <= tolerance));
  return wrong.length === 0 ? '' : `the lab says ${wrong.join(', ')}, the text ${expected} ± ${tolerance}`;
}

const figures = readdirSync(HERE).filter((name) => name.endsWith('.txt')).sort().flatMap(parse);
const problems = await Promise.all(figures.map((figure) => problem(figure).catch((error) => error.message)));
problems.forEach((sentence, i) => {
  if (sentence) console.log(`${figures[i].at}: “${figures[i].words}”: ${sentence}`);
});
const failed = problems.filter(Boolean).length;
console.log(`lessons: ${figures.length - failed} passed, ${failed} failed`);
process.exitCode = failed > 0 || figures.length === 0 ? 1 : 0;
