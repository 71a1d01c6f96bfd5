/* Watches over the worker that runs a learner's module: stops a check that does not end, goes on with the next one in a
 * new worker, and turns traps into sentences. The page uses it with web workers, the tests with threads of Node. */
import { TIME_LIMIT } from './limits.js';
import { compilerSupervise as strings } from '../strings/strings.js';

/** @typedef {import('./runner.js').RunEvent} RunEvent */
/** @typedef {import('./runner.js').Verdict} Verdict */
/** @typedef {import('./traps.js').Trap} Trap */
/**
 * With its sentence, or the warning about a check that passed; the line that either is about, or 0.
 * @typedef {Verdict & {line: number, ran: boolean, warning: string}} ToldVerdict
 */

/**
 * Starts a worker on the checks from `first` on. It tells its events, then {type: 'done'}; or that it broke.
 * @typedef {(first: number, tell: (event: RunEvent | {type: 'done'}) => void, broke: (reason: any) => void) =>
 *   {stop: () => void}} StartWorker
 */

const MOST_STUCK = 2; /* then the rest is not tried: nobody waits for seven times five seconds */
const GRACE_MS = 100; /* for a message that was under way when the time was up */

/**
 * Runs one worker to its end, or until a check is stuck.
 * @param {StartWorker} start
 * @param {number} first
 * @param {(event: RunEvent) => void} tell
 * @param {number} limitMs
 * @param {AbortSignal | undefined} signal
 * @returns {Promise<number | null>} the check that was stuck, if one was
 */
function runUntilStuck(start, first, tell, limitMs, signal) {
  return new Promise((resolve, reject) => {
    /** @type {ReturnType<typeof setTimeout> | undefined} */
    let timer;
    let over = false,
      began = performance.now();
    const end = (/** @type {() => void} */ settle) => {
      if (over) return;
      over = true;
      clearTimeout(timer);
      signal?.removeEventListener('abort', aborted);
      worker.stop();
      settle();
    };
    const aborted = () => end(() => reject(signal?.reason));
    const worker = start(
      first,
      (event) => {
        if (over) return;
        clearTimeout(timer);
        if (event.type === 'done') return end(() => resolve(null));
        tell(event);
        if (event.type === 'verdict') return;
        const stuck = () => end(() => resolve(event.index));
        if (event.type === 'start') began = performance.now();
        timer = setTimeout(() => (timer = setTimeout(stuck, GRACE_MS)), limitMs - (performance.now() - began));
      },
      (reason) => end(() => reject(reason)),
    );
    signal?.addEventListener('abort', aborted);
    if (signal?.aborted) aborted();
  });
}

/**
 * @param {number} index
 * @param {boolean} ran
 * @param {string} message
 * @param {number} ms
 * @returns {ToldVerdict}
 */
const failure = (index, ran, message, ms) => ({
  type: 'verdict',
  index,
  passed: false,
  ran,
  message,
  input: '',
  trap: null,
  leaks: null,
  ms,
  line: 0,
  warning: '',
});

/**
 * Runs all checks of a module and tells what happens, a verdict for every check.
 * @param {object} options
 * @param {StartWorker} options.start
 * @param {number} options.count how many checks there are
 * @param {(trap: Trap) => Promise<{message: string, line: number}>} options.explain
 * @param {(event: Exclude<RunEvent, Verdict> | ToldVerdict) => void} options.tell
 * @param {number} [options.timeLimit] for each check, in seconds
 * @param {AbortSignal} [options.signal] stops the run; the promise then rejects with its reason
 * @param {boolean} [options.leaksFail] whether memory that was not freed is a fault, and not only worth a warning
 */
export async function supervise({ start, count, explain, tell, timeLimit = TIME_LIMIT, signal, leaksFail = false }) {
  /** @type {Promise<void>[]} */
  const told = [];
  const onEvent = (/** @type {RunEvent} */ event) => {
    if (event.type !== 'verdict') return tell(event);
    told.push(withReason(event, explain, leaksFail).then(tell));
  };
  let first = 0;
  for (let stuck = 0; first < count && stuck < MOST_STUCK; stuck++) {
    const at = await runUntilStuck(start, first, onEvent, 1000 * timeLimit, signal);
    first = at === null ? count : at + 1;
    if (at !== null)
      tell(
        failure(
          at,
          true,
          strings.stoppedAfterSIt(timeLimit),
          1000 * timeLimit,
        ),
      );
  }
  for (; first < count; first++) tell(failure(first, false, strings.notRunChecksBefore(MOST_STUCK), 0));
  await Promise.all(told);
}

/**
 * @param {import('./runner.js').Leaks} leaks
 * @param {number} line where the first block was allocated, or 0
 */
function leakText({ blocks, bytes }, line) {
  if (blocks === 1)
    return strings.yourCodeNeverFrees(bytes);
  const which = line > 0 ? strings.theFirstOneIs : '';
  return strings.yourCodeNeverFreesBlocks(blocks, bytes, which);
}

/**
 * @param {Verdict} verdict
 * @param {(trap: Trap) => Promise<{message: string, line: number}>} explain
 * @param {boolean} leaksFail
 * @returns {Promise<ToldVerdict>}
 */
async function withReason(verdict, explain, leaksFail) {
  const { trap, leaks } = verdict;
  if (trap) return { ...verdict, ...(await explain(trap)), ran: true, warning: '' };
  if (!leaks) return { ...verdict, line: 0, ran: true, warning: '' };
  const { line } = leaks.trap ? await explain(leaks.trap) : { line: 0 };
  const text = leakText(leaks, line);
  const told = leaksFail ? { passed: false, message: text, warning: '' } : { warning: text };
  return { ...verdict, ...told, line, ran: true };
}
