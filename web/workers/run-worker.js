/* Runs one learner's module, in a worker of its own that the page can stop at any moment. */
import { runChecks } from '../compiler/runner.js';

onmessage = async ({ data: { wasm, first } }) => {
  try {
    await runChecks(wasm, first, (event) => postMessage(event));
    postMessage({ type: 'done' });
  } catch (error) {
    postMessage({ type: 'broke', message: error instanceof Error ? error.message : String(error) });
  }
};
