/* Holds the compiler: opened once, then kept warm. The page asks by number and is answered by it. */
import { fetchFresh, fetchManifest, loadCompiler } from '../compiler/loader.js';
import { Workshop } from '../compiler/workshop.js';

/** @type {Workshop | null} */
let workshop = null;
/** @type {Map<string, Uint8Array>} */
const objects = new Map();

const opened = () => {
  if (!workshop) throw new Error('The compiler is not open yet.');
  return workshop;
};

/** @param {string} url of a challenge's compiled checks, or of the labs */
async function objectAt(url) {
  const known = objects.get(url);
  if (known) return known;
  const object = new Uint8Array(await (await fetchFresh(url)).arrayBuffer());
  objects.set(url, object);
  return object;
}

/** @type {Record<string, (args: any) => any>} */
const operations = {
  open: async ({ folder }) => {
    const manifest = await fetchManifest(folder);
    let last = 0;
    const { llvm, layers } = await loadCompiler(folder, manifest, (received) => {
      const now = performance.now();
      if (now - last < 50) return; /* ten or twenty times a second is enough for a bar */
      last = now;
      postMessage({ received });
    });
    workshop = new Workshop(llvm, layers);
    return { clangVersion: manifest.clangVersion };
  },
  hello: () => true /* the worker's program is here */,
  warmUp: () => opened().warmUp(),
  check: ({ text }) => opened().check(text),
  build: async ({ text, checks, expected }) => opened().build(text, await objectAt(checks), expected),
  buildFast: async ({ text, checks }) => opened().buildFast(text, await objectAt(checks)),
  drive: async ({ text, drive, labs, expected }) =>
    opened().drive(text, drive && (await objectAt(drive)), await objectAt(labs), expected),
  explain: ({ trap, wasm }) => opened().explain(trap, wasm),
};

onmessage = async ({ data: { id, operation, args } }) => {
  try {
    postMessage({ id, result: await operations[operation](args) });
  } catch (error) {
    postMessage({ id, error: error instanceof Error ? error.message : String(error) });
  }
};
