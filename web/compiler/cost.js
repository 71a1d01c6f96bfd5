/* What an answer costs, beside the solution of the challenge: the run worker does it for the page, and tests in Node.
 * Both are compiled for speed, without checks, and run the challenge's typical input (check_cost in src/checks/check.h).
 * Like runner.js this runs to the end of an endless loop: whoever calls it must be able to stop it. */
import { countsOf } from './count.js';
import { Wasi } from './wasi.js';
import { compilerCost as strings } from '../strings/strings.js';

/** @typedef {import('./count.js').Counts} Counts */
/** @typedef {{ms: number, referenceMs: number, counts: Counts}} Cost median times of one call */
/** @typedef {{plain: Uint8Array, counting: Uint8Array}} FastBuild the same program, without and with counters */

const BATCH_MS = 8; /* clocks in a page are coarse: so many calls are timed together that they take about this long */
const ROUNDS = 9;
const BUDGET_MS = 1500; /* then no further round is started */

/** @param {Uint8Array} wasm */
async function start(wasm) {
  const module = await WebAssembly.compile(/** @type {Uint8Array<ArrayBuffer>} */ (wasm));
  const wasi = new Wasi({ makesFiles: false });
  const instance = new WebAssembly.Instance(module, wasi.importsFor(module));
  wasi.attach(instance.exports);
  const { _initialize, checks_cost } = /** @type {Record<string, Function>} */ (
    /** @type {unknown} */ (instance.exports)
  );
  _initialize();
  return { exports: instance.exports, call: () => checks_cost() === 1 };
}

/**
 * What one call counts. Deterministic: the same in every engine.
 * @param {Uint8Array} counting
 * @returns {Promise<Counts | null>} null if the challenge has no check_cost
 */
export async function countOnce(counting) {
  const { exports, call } = await start(counting);
  return call() ? countsOf(exports) : null;
}

/**
 * @param {() => void} call
 * @param {number} times
 * @returns {number} milliseconds
 */
function timed(call, times) {
  const begin = performance.now();
  for (let i = 0; i < times; i++) call();
  return performance.now() - begin;
}

/**
 * How many calls make a batch. The doubling also lets the engine compile what it runs often.
 * @param {() => void} call
 */
function batchSize(call) {
  let times = 1;
  while (timed(call, times) < BATCH_MS) times *= 2;
  return times;
}

/** @param {number[]} values */
const median = (values) => values.sort((a, b) => a - b)[values.length >> 1];

/**
 * Rounds alternate between the two, so that what else the computer does slows both.
 * @param {FastBuild} mine
 * @param {Uint8Array} reference the solution, without counters
 * @returns {Promise<Cost>}
 */
export async function measureCost(mine, reference) {
  const counts = await countOnce(mine.counting);
  if (!counts) throw new Error(strings.thisChallengeHasNo);
  const runs = [await start(mine.plain), await start(reference)].map(({ call }) => ({
    call,
    times: 0,
    /** @type {number[]} */
    ms: [],
  }));
  for (const run of runs) {
    run.call(); /* prepares its input */
    run.times = batchSize(run.call);
  }
  const begin = performance.now();
  for (let round = 0; round < ROUNDS && (round === 0 || performance.now() - begin < BUDGET_MS); round++)
    for (const { call, times, ms } of runs) ms.push(timed(call, times) / times);
  return { ms: median(runs[0].ms), referenceMs: median(runs[1].ms), counts };
}
