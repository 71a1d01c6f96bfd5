/**
 * The page's reader of links, web/lib/link.js, for every lab: whatever a link says, all settings are allowed ones, what
 * cannot be used is told in sentences, it ends at once, and what was written is read as it was.
 *     FUZZ_SECONDS=60 FUZZ_SEED=1 node tests/fuzz/link.mjs
 */
import { execFileSync } from 'node:child_process';
import { createRequire } from 'node:module';
import { fileURLToPath } from 'node:url';
import { isMainThread, Worker, workerData } from 'node:worker_threads';
import { defaultSettings, differenceWords, readPreset, readSettings, settingsWords, writeLink } from '../../web/lib/link.js';

const root = fileURLToPath(new URL('../../', import.meta.url));
const fc = createRequire(`${root}web/package.json`)('fast-check');
const SECONDS = Number(process.env.FUZZ_SECONDS ?? 60), SEED = Number(process.env.FUZZ_SEED ?? Date.now()) | 0;
const SLOW = 3000; // ms for one link; a hang is more than ten times as much
const PAGE = 'https://example.org/at/some/path/#here';

/** Nothing stops code that does not return but another thread: it looks every now and then whether links are still being read. */
async function watch() {
  const beat = new Int32Array(new SharedArrayBuffer(4));
  const worker = new Worker(new URL(import.meta.url), { workerData: beat });
  let before = -1;
  const timer = setInterval(() => {
    if (beat[0] === before) {
      console.log(`link: reading one link takes more than ${(10 * SLOW) / 1000} s; FUZZ_SEED=${SEED} finds it again`);
      process.exit(1);
    }
    before = beat[0];
  }, 10 * SLOW);
  const failure = await new Promise((resolve) => worker.once('error', resolve).once('exit', () => resolve(null)));
  clearInterval(timer);
  if (failure) {
    console.log(/** @type {Error} */ (failure).message);
    process.exit(1);
  }
  console.log(beat[0]);
}

function fuzz() {
  const labs = JSON.parse(execFileSync(`${root}build/laymanz`, ['labs', '--json'], { maxBuffer: 1 << 28 }).toString());
  for (const lab of labs) lab[fc.toStringMethod] = () => lab.name; // in what a failure prints
  const properties = [anyQuery, anyPairs, anyPreset, nearlyRightLink, whatWasWritten];
  properties.forEach((property, i) =>
    fc.assert(property(fc.constantFrom(...labs)), {
      seed: SEED + i,
      numRuns: 2 ** 31 - 1,
      interruptAfterTimeLimit: (1000 * SECONDS) / properties.length,
      markInterruptAsFailure: false,
    }));
}

/** @param {boolean} fact @param {string} sentence */
function must(fact, sentence) {
  if (!fact) throw new Error(sentence);
}

/**
 * @param {any} param
 * @param {number} value
 */
function isAllowed(param, value) {
  if (param.kind === 'toggle') return value === 0 || value === 1;
  if (param.kind === 'choice') return Number.isInteger(value) && value >= 0 && value < param.choices.length;
  return value >= param.min && value <= param.max && (param.kind === 'number' || Number.isInteger(value));
}

/**
 * What holds of whatever is read.
 * @param {any} lab
 * @param {() => import('../../web/lib/lab-types.js').LabSettings & { problems: string[] }} read
 */
function mustBeUsable(lab, read) {
  Atomics.add(workerData, 0, 1);
  const start = performance.now();
  const { params, seed, problems } = read();
  must(performance.now() - start < SLOW, 'it took long');
  must(params.length === lab.params.length, 'there are other params than the lab has');
  params.forEach((value, i) => must(isAllowed(lab.params[i], value), `${lab.params[i].name} is ${value}`));
  must(Number.isSafeInteger(seed) && seed >= 0, `the seed is ${seed}`);
  must(problems.length <= 9, 'there are too many sentences to be read');
  for (const sentence of problems) {
    must(sentence.length > 10 && sentence.length < 1000, `this is no sentence: ${sentence}`);
    encodeURIComponent(sentence); // throws where half a character is left
  }
  for (const words of [settingsWords(lab, { params, seed }), differenceWords(lab, defaultSettings(lab), { params, seed })])
    must(!/undefined|NaN|null/.test(words), words);
}

/** @typedef {import('fast-check').Arbitrary<any>} Any */
const text = fc.string({ unit: 'binary', maxLength: 200 });
const number = fc.oneof(fc.double(), fc.integer(), fc.bigInt()).map(String);
const odd = fc.constantFrom('', ' ', '0x10', '1e999', '-0', '+1', '1_000', '1,5', 'Infinity', 'NaN', 'on', 'off', 'true', '٣');

/** What a lab's links are made of, and what they are not. */
const word = (/** @type {any} */ lab) => fc.oneof(text, number, odd,
  fc.constantFrom('seed', 'lab', 'embed', '__proto__', 'constructor', ...lab.params.map((param) => param.name)),
  fc.constantFrom('linear', ...lab.params.flatMap((param) => param.choices.map((choice) => choice.name))));

/** @type {(labs: Any) => any} */
const anyQuery = (labs) => fc.property(labs, fc.string({ unit: 'binary', maxLength: 3000 }), (lab, query) =>
  mustBeUsable(lab, () => readSettings(lab, new URLSearchParams(query))));

/** @type {(labs: Any) => any} */
const anyPairs = (labs) => fc.property(
  labs.chain((lab) => fc.tuple(fc.constant(lab), fc.array(fc.tuple(word(lab), word(lab)), { maxLength: 60 }))),
  ([lab, pairs]) => mustBeUsable(lab, () => readSettings(lab, new URLSearchParams(pairs))));

/** @type {(labs: Any) => any} */
const anyPreset = (labs) => fc.property(
  labs.chain((lab) => fc.tuple(fc.constant(lab), fc.array(fc.tuple(word(lab), fc.constantFrom('=', ' ', '', '=='), word(lab))))),
  ([lab, parts]) => mustBeUsable(lab, () => readPreset(lab, parts.flat().join(''))));

/** Allowed settings of a lab, the ends of each range among them. */
const settings = (/** @type {any} */ lab) => fc.record({
  seed: fc.maxSafeNat(),
  params: fc.tuple(...lab.params.map(({ kind, min, max, initial, choices }) =>
    kind === 'toggle' ? fc.nat(1)
      : kind === 'choice' ? fc.nat(choices.length - 1)
        : kind === 'integer' ? fc.oneof(fc.constantFrom(min, max, initial), fc.integer({ min, max }))
          : fc.oneof(fc.constantFrom(min, max, initial), fc.double({ min, max, noNaN: true })))),
});
const labWithSettings = (/** @type {Any} */ labs) => labs.chain((lab) => fc.tuple(fc.constant(lab), settings(lab)));

/** A link with some of it cut out and something else put in. */
/** @type {(labs: Any) => any} */
const nearlyRightLink = (labs) => fc.property(labWithSettings(labs), fc.nat(400), fc.nat(40), text,
  ([lab, wanted], at, cut, put) => {
    const query = new URL(writeLink(lab, wanted, PAGE)).search;
    mustBeUsable(lab, () => readSettings(lab, new URLSearchParams(query.slice(0, at) + put + query.slice(at + cut))));
  });

/** @type {(labs: Any) => any} */
const whatWasWritten = (labs) => fc.property(labWithSettings(labs), ([lab, wanted]) => {
  const link = new URL(writeLink(lab, wanted, PAGE));
  mustBeUsable(lab, () => {
    const read = readSettings(lab, link.searchParams);
    must(read.problems.length === 0, read.problems.join(' '));
    must(read.seed === wanted.seed, `the seed was ${wanted.seed} and is ${read.seed}`);
    wanted.params.forEach((value, i) => must(read.params[i] === value, `${lab.params[i].name} was ${value}, is ${read.params[i]}`));
    return read;
  });
});

if (isMainThread) await watch();
else fuzz();
