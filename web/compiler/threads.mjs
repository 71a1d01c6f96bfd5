/* Runs a module's checks in threads of Node as the page runs them in workers: when the site is built, and for tests. */
import { fileURLToPath } from 'node:url';
import { isMainThread, parentPort, Worker, workerData } from 'node:worker_threads';
import { runChecks } from './runner.js';
import { supervise } from './supervise.js';

const RUN = 'run-checks';

/**
 * The verdicts of all checks of a module, in their order.
 * @param {import('./workshop.js').Workshop} workshop for the sentences about traps
 * @param {Uint8Array} wasm
 * @param {number} count of checks
 * @param {{leaksFail: boolean, timeLimit: number}} rules the challenge's
 * @returns {Promise<import('./supervise.js').ToldVerdict[]>}
 */
export async function verdictsOf(workshop, wasm, count, rules) {
  /** @type {import('./supervise.js').ToldVerdict[]} */
  const verdicts = [];
  await supervise({
    count,
    ...rules,
    explain: async (trap) => workshop.explain(trap, wasm),
    tell: (event) => event.type === 'verdict' && verdicts.push(event),
    start: (first, tell, broke) => {
      const worker = new Worker(fileURLToPath(import.meta.url), { workerData: { task: RUN, wasm, first } });
      worker.on('message', tell).on('error', broke);
      return { stop: () => worker.terminate() };
    },
  });
  return verdicts.sort((a, b) => a.index - b.index);
}

if (!isMainThread && workerData?.task === RUN) {
  await runChecks(workerData.wasm, workerData.first, (event) => parentPort?.postMessage(event));
  parentPort?.postMessage({ type: 'done' });
}
