/**
 * The referee, in the page: one worker for each contender, their answers compared before the race, then many short
 * rounds in which each contender runs once, in an order that moves on by one each round.
 *
 * @typedef {{ rounds: number, slice: number, warm: number }} Pace slice: milliseconds of one contender's turn; warm: of
 *   its training before the race
 * @typedef {{ name: string, size?: number, contenders: string[] }} Workload
 * @typedef {object} Result
 * @property {number} steps of a turn
 * @property {number[]} rates steps a second, of each round
 * @property {number} [before] the loss at the initial weights
 * @property {number} [after] the loss after CHECKED steps
 * @property {number} [difference] of the matrix product from ours, as a share of its largest element
 * @property {Float32Array} [product]
 * @property {number} [operations] of a step of the machine's limit, floating-point
 */

/** After this many steps the losses are compared too: the steps are the same, not only the start. */
const CHECKED = 10;

/** @type {Map<string, (command: string, argument?: unknown) => Promise<any>>} */
const workers = new Map();

/** The worker of that name, started when it is first asked for. @param {string} name of a file next to this one */
function contender(name) {
  const known = workers.get(name);
  if (known) return known;
  const worker = new Worker(name === 'peak' ? 'ours.js' : `${name}.js`, { type: 'module' });
  /** @type {Map<number, { done: (value: any) => void, failed: (error: Error) => void }>} */
  const waiting = new Map();
  let count = 0;
  worker.onmessage = ({ data: { id, value, error } }) => {
    const promise = waiting.get(id);
    waiting.delete(id);
    if (error) promise?.failed(new Error(`${name}: ${error}`));
    else promise?.done(value);
  };
  worker.onerror = ({ message }) => waiting.forEach(({ failed }) => failed(new Error(`${name}: ${message}`)));
  const call = (/** @type {string} */ command, /** @type {unknown} */ argument) =>
    new Promise((done, failed) => {
      waiting.set(++count, { done, failed });
      worker.postMessage({ id: count, command, argument });
    });
  workers.set(name, call);
  return call;
}

/** The largest difference, as a share of the largest value. @param {Float32Array} a @param {Float32Array} b */
function difference(a, b) {
  let most = 0,
    largest = 0;
  for (let i = 0; i < b.length; i++) {
    most = Math.max(most, Math.abs(a[i] - b[i]));
    largest = Math.max(largest, Math.abs(b[i]));
  }
  return a.length === b.length ? most / largest : Infinity;
}

/**
 * Steps that fill a turn, found while warming up.
 * @param {(command: string, argument?: unknown) => Promise<any>} call
 * @param {Pace} pace
 */
async function calibrate(call, { slice, warm }) {
  let steps = 1;
  for (let spent = 0; ;) {
    const milliseconds = await call('run', steps);
    spent += milliseconds;
    const enough = milliseconds >= slice / 2;
    if (!enough || spent >= warm)
      steps = Math.max(1, Math.round(steps * Math.min(16, slice / Math.max(milliseconds, slice / 64))));
    if (enough && spent >= warm) return steps;
  }
}

/**
 * Opens a contender's task, and looks whether it computes what it should.
 * @param {string} who @param {unknown} task @param {Float32Array} [product] ours
 */
async function open(who, task, product) {
  const call = contender(who),
    first = await call('open', task);
  /** @type {Result} */
  const result = { steps: 0, rates: [] };
  if (who === 'peak') result.operations = first;
  else if (first instanceof Float32Array)
    Object.assign(result, { product: first, difference: difference(first, product ?? first) });
  else {
    await call('run', CHECKED);
    Object.assign(result, { before: first, after: await call('result') });
  }
  return { who, call, result };
}

/**
 * @param {Workload} workload
 * @param {Pace} pace
 * @returns {Promise<Record<string, Result>>} by contender; "peak" is the machine's limit: its steps are of `operations`
 */
async function race({ name, size, contenders }, pace) {
  const task = await contender('ours')('open', { name: 'task', tensors: [], workload: name, size });
  const ours = await open('ours', task),
    product = ours.result.product;
  const racers = [ours, await open('peak', { ...task, name: 'peak', tensors: [] })];
  for (const who of contenders) racers.push(await open(who, task, product));
  for (const { call, result } of racers) result.steps = await calibrate(call, pace);
  for (let round = 0; round < pace.rounds; round++)
    for (let turn = 0; turn < racers.length; turn++) {
      const { call, result } = racers[(round + turn) % racers.length];
      result.rates.push((1000 * result.steps) / (await call('run', result.steps)));
    }
  for (const { call, result } of racers) {
    await call('close');
    delete result.product;
  }
  return Object.fromEntries(racers.map(({ who, result }) => [who, result]));
}

/** A round of fits lasts at least so many milliseconds; once one lasts longer than the other, a few rounds are enough. */
const SHORTEST = 60,
  LONGEST = 1500,
  FEW = 3;

/**
 * Fits of a classical model, ours and that of ml.js, in turns.
 * @param {{ name: string, rows: number }} fit
 * @param {number} rounds
 * @returns {Promise<Record<string, { milliseconds: number[], quality: number }>>} of a fit, round by round
 */
async function raceFits({ name, rows: n }, rounds) {
  const task = { name: 'classical', fit: name, rows: n };
  const rows = await contender('ours')('open', { ...task, name: 'rows' });
  const racers = [];
  for (const [who, given] of /** @type {[string, unknown][]} */ ([
    ['ours', task],
    ['mljs', { name, rows }],
  ])) {
    const call = contender(who),
      quality = await call('open', given),
      first = await call('run', 1);
    racers.push({
      who,
      call,
      times: Math.max(1, Math.round(SHORTEST / Math.max(first, 0.01))),
      milliseconds: /** @type {number[]} */ ([]),
      quality,
    });
  }
  let slow = false;
  for (let round = 0; round < (slow ? FEW : rounds); round++)
    for (let turn = 0; turn < racers.length; turn++) {
      const racer = racers[(round + turn) % racers.length],
        spent = await racer.call('run', racer.times);
      racer.milliseconds.push(spent / racer.times);
      slow ||= spent > LONGEST;
    }
  for (const { call } of racers) await call('close');
  return Object.fromEntries(racers.map(({ who, milliseconds, quality }) => [who, { milliseconds, quality }]));
}

Object.assign(window, { race, raceFits });

export {};
