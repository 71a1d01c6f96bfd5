/* The page's side of the compiler: one for all challenges on the page. */
import { SILENCE_MS } from '../lib/fetching.js';
import { siteUrl } from '../lib/site.js';
import { BUILD_LIMIT_MS, TOO_SLOW } from './limits.js';
import { bytesMissing, fetchManifest } from './loader.js';
import { supervise } from './supervise.js';
import { compilerClient as strings } from '../strings/strings.js';

/** @typedef {import('./workshop.js').Build} Build */
/** @typedef {import('./workshop.js').Diagnostic} Diagnostic */
/** @typedef {import('./supervise.js').ToldVerdict} ToldVerdict */

/**
 * @typedef {'unknown' | 'absent' | 'kept' | 'opening' | 'ready' | 'failed'} CompilerStatus
 *   absent: a download is needed; kept: this browser has it; opening: with `received` growing if it downloads
 */

const WARM_UP_AFTER_MS = 300;
const NOT_ARRIVED = strings.theProgramThatRuns(SILENCE_MS / 1000);
const NOT_MEASURED = strings.whatYourCodeCosts;
const DOES_NOT_RUN = strings.compiledForSpeedWithout(NOT_MEASURED);
const TOO_SLOW_FOR_SPEED =
  strings.theCompilerWhichWorks(NOT_MEASURED, BUILD_LIMIT_MS / 1000);
const NOT_EXPLAINED = strings.theProgramFailsHere;

/**
 * What a promise gives, unless the reader stops it before; it goes on for nobody then.
 * @template T
 * @param {Promise<T>} promise
 * @param {AbortSignal} signal
 * @returns {Promise<T>}
 */
function unlessStopped(promise, signal) {
  return new Promise((resolve, reject) => {
    promise.then(resolve, reject);
    signal.addEventListener('abort', () => reject(signal.reason));
    if (signal.aborted) reject(signal.reason);
  });
}

/** @fires change - whenever a field below has changed */
class Compiler extends EventTarget {
  constructor() {
    super();
    /** @type {CompilerStatus} */
    this.status = 'unknown';
    this.received = 0; /* bytes of this download */
    this.total = 0; /* bytes of a whole download */
    this.missing = 0; /* bytes of it that this browser does not keep yet */
    this.downloads = false; /* whether opening it means a download worth asking for: more than a new library */
    this.secondsLeft = NaN; /* NaN: too early to tell */
    this.problem = ''; /* a sentence, when failed */
    this.clangVersion = 0;
    /** @type {Worker | null} */
    this.worker = null;
    /** @type {Map<number, {resolve: (result: any) => void, reject: (error: Error) => void}>} */
    this.waiting = new Map();
    this.asked = 0;
    /** @type {Promise<void> | null} */
    this.looking = null;
    /** @type {Promise<boolean> | null} */
    this.opening = null;
  }

  /** Whether there is something to offer or to tell: see <compiler-offer>. */
  get offered() {
    return this.status === 'absent' || this.status === 'failed' || (this.status === 'opening' && this.downloads);
  }

  get folder() {
    return siteUrl('compiler/');
  }

  /**
   * @typedef {'status' | 'received' | 'total' | 'missing' | 'downloads' | 'secondsLeft' | 'problem' | 'clangVersion'} Field
   * @param {Partial<Pick<Compiler, Field>>} change
   */
  #become(change) {
    Object.assign(this, change);
    this.dispatchEvent(new Event('change'));
  }

  /** Finds out whether a download is needed. */
  look() {
    this.looking ??= (async () => {
      try {
        const manifest = await fetchManifest(this.folder);
        const total = manifest.clang.bytes + manifest.system.bytes + manifest.library.bytes;
        const missing = await bytesMissing(this.folder, manifest);
        const downloads = missing > manifest.library.bytes;
        if (this.status === 'unknown' || this.status === 'failed')
          this.#become({ status: downloads ? 'absent' : 'kept', total, missing, downloads });
      } catch (error) {
        this.#fail(error);
      }
    })();
    return this.looking;
  }

  /** @param {unknown} error */
  #fail(error) {
    this.worker?.terminate();
    this.worker = null;
    this.looking = null; /* what has arrived meanwhile counts at the next try */
    this.#become({ status: 'failed', problem: error instanceof Error ? error.message : String(error) });
  }

  /**
   * Opens the compiler, with a download where one is needed. False if it failed; then it can be tried again.
   * @returns {Promise<boolean>}
   */
  open() {
    this.opening ??= this.#open().finally(() => {
      if (this.status === 'failed') this.opening = null;
    });
    return this.opening;
  }

  async #open() {
    await this.look();
    if (this.looking === null) return false; /* look has failed, and said why */
    const start = performance.now(),
      had = this.total - this.missing;
    this.#become({ status: 'opening', received: had, secondsLeft: NaN, problem: '' });
    this.worker = new Worker(siteUrl('assets/compile-worker.js'), { type: 'module' });
    this.worker.onmessage = ({ data }) => this.#hear(data, start, had);
    this.worker.onerror = () => this.#restart(new Error(strings.theCompilerCouldNot));
    try {
      const timer = setTimeout(() => this.#restart(new Error(NOT_ARRIVED)), SILENCE_MS);
      await this.#ask('hello', {}).finally(() => clearTimeout(timer));
      const { clangVersion } = await this.#ask('open', { folder: this.folder });
      this.#become({ status: 'ready', clangVersion, received: this.total, missing: 0, downloads: false });
      setTimeout(() => this.#warmUp(), WARM_UP_AFTER_MS);
      return true;
    } catch (error) {
      this.#fail(error);
      return false;
    }
  }

  /**
   * @param {any} data
   * @param {number} start when the opening began
   * @param {number} had bytes that did not have to be fetched
   */
  #hear(data, start, had) {
    if ('received' in data) {
      const seconds = (performance.now() - start) / 1000,
        fetched = data.received - had;
      const secondsLeft = seconds > 1 && fetched > 0 ? ((this.total - data.received) * seconds) / fetched : NaN;
      return this.#become({ received: data.received, secondsLeft });
    }
    const one = this.waiting.get(data.id);
    this.waiting.delete(data.id);
    if ('error' in data) one?.reject(new Error(data.error));
    else one?.resolve(data.result);
  }

  /**
   * @param {string} operation
   * @param {any} args
   * @returns {Promise<any>}
   */
  #ask(operation, args) {
    return new Promise((resolve, reject) => {
      if (!this.worker) return reject(new Error('The compiler is not open.'));
      const id = ++this.asked;
      this.waiting.set(id, { resolve, reject });
      this.worker.postMessage({ id, operation, args });
    });
  }

  /**
   * Ends a worker that is stuck or dead; the next call opens a new one.
   * @param {Error} error for those who wait for it
   */
  #restart(error) {
    this.worker?.terminate();
    this.worker = null;
    this.opening = null;
    for (const { reject } of this.waiting.values()) reject(error);
    this.waiting.clear();
    if (this.status === 'ready') this.#become({ status: 'kept' });
  }

  /**
   * The same with a limit: a compiler that takes longer is ended, and the next request opens a new one. Rejects with a
   * sentence.
   * @param {string} operation
   * @param {any} args
   * @param {string} [tooSlow] that sentence
   * @returns {Promise<any>}
   */
  async #work(operation, args, tooSlow = TOO_SLOW) {
    if (!(await this.open())) throw new Error(this.problem);
    const timer = setTimeout(() => this.#restart(new Error(tooSlow)), BUILD_LIMIT_MS);
    try {
      return await this.#ask(operation, args);
    } finally {
      clearTimeout(timer);
    }
  }

  /** Unless the learner is quicker: makes the first compile as fast as the later ones. */
  async #warmUp() {
    if (this.status === 'ready' && this.waiting.size === 0) await this.#work('warmUp', {}).catch(() => {});
  }

  /**
   * What is wrong with a text, while it is typed: nothing is opened for it.
   * @param {string} text
   * @returns {Promise<Diagnostic[]>}
   */
  async check(text) {
    return this.status === 'ready' ? this.#work('check', { text }) : [];
  }

  /**
   * Compiles a challenge's answer and links it with its checks. Rejects with a sentence.
   * @param {string} slug
   * @param {string} text
   * @param {string} expected the declaration that the checks call
   * @returns {Promise<Build>}
   */
  build(slug, text, expected) {
    return this.#work('build', { text, checks: siteUrl(`data/challenges/${slug}.o`), expected });
  }

  /**
   * Compiles a challenge's answer and links it with the labs, in place of the library's function. Rejects with a
   * sentence.
   * @param {{slug: string, signature: string, has_drive: boolean}} challenge
   * @param {string} text
   * @returns {Promise<Build>}
   */
  drive({ slug, signature, has_drive }, text) {
    const drive = has_drive ? siteUrl(`data/challenges/${slug}.drive.o`) : null;
    return this.#work('drive', { text, drive, labs: siteUrl('data/liblabs.a'), expected: signature });
  }

  /**
   * Never rejects: a verdict stands without its line too.
   * @param {import('./traps.js').Trap} trap
   * @param {Uint8Array} wasm the module that trapped
   * @returns {Promise<{message: string, line: number}>}
   */
  explain(trap, wasm) {
    return this.#work('explain', { trap, wasm }).catch(() => ({ message: NOT_EXPLAINED, line: 0 }));
  }

  /**
   * Runs the checks of a built module in a worker of its own.
   * @param {Uint8Array} wasm
   * @param {number} count of checks
   * @param {(event: Exclude<import('./runner.js').RunEvent, import('./runner.js').Verdict> | ToldVerdict) => void} tell
   * @param {AbortSignal} signal
   * @param {{leaks_fail: boolean, time_limit: number}} challenge
   */
  run(wasm, count, tell, signal, challenge) {
    return supervise({
      count,
      leaksFail: challenge.leaks_fail,
      timeLimit: challenge.time_limit,
      tell,
      signal,
      explain: (trap) => this.explain(trap, wasm),
      start: (first, hear, broke) => {
        const worker = new Worker(siteUrl('assets/run-worker.js'), { type: 'module' });
        worker.onmessage = ({ data }) => (data.type === 'broke' ? broke(new Error(data.message)) : hear(data));
        worker.onerror = () => broke(new Error(strings.theProgramCouldNot));
        worker.postMessage({ wasm, first });
        return { stop: () => worker.terminate() };
      },
    });
  }

  /**
   * What an answer that passes its checks costs, beside the solution. Rejects with a sentence.
   * @param {{slug: string, solution: string, time_limit: number}} challenge
   * @param {string} text
   * @param {AbortSignal} signal
   * @returns {Promise<import('./cost.js').Cost>}
   */
  async cost({ slug, solution, time_limit }, text, signal) {
    const checks = siteUrl(`data/challenges/${slug}.o`);
    const build = (/** @type {string} */ text) =>
      unlessStopped(this.#work('buildFast', { text, checks }, TOO_SLOW_FOR_SPEED), signal);
    const mine = await build(text),
      reference = await build(solution);
    if (!mine || !reference) throw new Error(DOES_NOT_RUN);
    const tooSlow = strings.onAnInputOf(NOT_MEASURED, time_limit);
    return new Promise((resolve, reject) => {
      const worker = new Worker(siteUrl('assets/run-worker.js'), { type: 'module' });
      const end = (/** @type {() => void} */ settle) => {
        clearTimeout(timer);
        worker.terminate();
        settle();
      };
      const fail = (/** @type {any} */ reason) => end(() => reject(reason));
      const timer = setTimeout(() => fail(new Error(tooSlow)), 1000 * time_limit);
      worker.onmessage = ({ data }) =>
        data.type === 'cost' ? end(() => resolve(data.cost)) : fail(new Error(DOES_NOT_RUN));
      worker.onerror = () => fail(new Error(DOES_NOT_RUN));
      signal.addEventListener('abort', () => fail(signal.reason));
      worker.postMessage({ mine, reference: reference.plain });
    });
  }
}

export const compiler = new Compiler();
