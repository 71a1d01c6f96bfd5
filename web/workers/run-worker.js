/* Runs one learner's module, in a worker of its own that the page can stop at any moment: its checks, or what it costs. */
import { measureCost } from '../compiler/cost.js';
import { runChecks } from '../compiler/runner.js';

onmessage = async ({ data: { wasm, first, mine, reference } }) => {
  try {
    if (mine) return postMessage({ type: 'cost', cost: await measureCost(mine, reference) });
    await runChecks(wasm, first, (event) => postMessage(event));
    postMessage({ type: 'done' });
  } catch (error) {
    postMessage({ type: 'broke', message: error instanceof Error ? error.message : String(error) });
  }
};
