/* Runs every hostile program as the page does, in Node: with the page's compiler in a thread that is given up after 30 s,
 * the program in a thread of its own, and the page's time limits. Each must get its sentence; the host lives on.
 *
 * Usage: node page.mjs [NAME...] */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { isMainThread, parentPort, Worker, workerData } from 'node:worker_threads';
import { libraryFiles } from '../../web/compiler/library.mjs';
import { BUILD_LIMIT_MS, TOO_SLOW } from '../../web/compiler/limits.js';
import { loadCompiler } from '../../web/compiler/node.mjs';
import { Objects } from '../../web/compiler/objects.mjs';
import { listChecks, runChecks } from '../../web/compiler/runner.js';
import { supervise } from '../../web/compiler/supervise.js';
import { FileLayer } from '../../web/compiler/wasi.js';
import { Workshop } from '../../web/compiler/workshop.js';
import { readChallenge } from '../../web/site/challenges.mjs';
import { hostilePrograms } from './programs.mjs';

const root = fileURLToPath(new URL('../..', import.meta.url)).replace(/\/$/, '');
const challenge = 'lessons/01-overview/challenges/linear-predict';
const LANES = 3; /* programs at a time: most of the time goes by waiting for those that do not end */
const MOST_TEXT = 64 << 10; /* bytes that are told of what a program prints */

const thread = (data) => new Worker(fileURLToPath(import.meta.url), { workerData: data });

/* --- The two threads ---------------------------------------------------------------------------------------------- */

async function compile({ llvm, layers }) {
  const workshop = new Workshop(llvm, layers.map((files) => new FileLayer(files)));
  parentPort.on('message', ({ operation, args }) => {
    try {
      parentPort.postMessage({ result: workshop[operation](...args) });
    } catch (error) {
      parentPort.postMessage({ error: String(error) });
    }
  });
}

async function run({ wasm, first }) {
  await runChecks(wasm, first, (event) => parentPort.postMessage(event));
  parentPort.postMessage({ type: 'done' });
}

/* --- The page's part ---------------------------------------------------------------------------------------------- */

/** One compiler for all, one question after the other; a new one after a question that it does not answer in time. */
class Compiler {
  constructor(files) {
    this.files = files;
    this.last = Promise.resolve();
    this.worker = null;
  }

  ask(operation, ...args) {
    const answer = this.last.then(() => this.#answer(operation, args));
    this.last = answer.catch(() => {});
    return answer;
  }

  #start() {
    this.worker = thread({ role: 'compile', ...this.files });
    this.worker.on('message', (answer) => this.heard(answer)).on('error', ({ message }) => this.#end(message));
  }

  #end(error) {
    this.worker.terminate();
    this.worker = null;
    this.heard({ error });
  }

  #answer(operation, args) {
    if (!this.worker) this.#start();
    return new Promise((resolve, reject) => {
      const timer = setTimeout(() => this.#end(TOO_SLOW), BUILD_LIMIT_MS);
      this.heard = ({ error, result }) => {
        clearTimeout(timer);
        error === undefined ? resolve(result) : reject(new Error(error));
      };
      this.worker.postMessage({ operation, args });
    });
  }
}

/** All that a learner would read about the program; "passes" if every check passed. */
async function saidOf(compiler, text, { object, signature, count }) {
  const { wasm, diagnostics, problems } = await compiler.ask('build', text, object, signature);
  if (!wasm) return [...diagnostics.map(({ message }) => message), ...problems].join('\n');
  const verdicts = [];
  let printed = 0;
  await supervise({
    count,
    explain: (trap) => compiler.ask('explain', trap, wasm),
    tell: (event) => {
      if (event.type === 'verdict') verdicts.push(event);
      if (event.type === 'output') printed += event.text.length;
    },
    start: (first, tell, broke) => {
      const worker = thread({ role: 'run', wasm, first });
      worker.on('message', tell).on('error', broke);
      return { stop: () => worker.terminate() };
    },
  });
  if (verdicts.length !== count) return `told only ${verdicts.length} of ${count} verdicts`;
  if (printed > 2 * MOST_TEXT) return `told ${printed} characters of what was printed`; /* two threads may print */
  const told = verdicts.flatMap(({ message, warning }) => [message, warning]).filter((one) => one !== '');
  return verdicts.every(({ passed }) => passed) ? ['passes', ...told].join('\n') : told.join('\n');
}

async function main(wanted) {
  const { llvm, system } = await loadCompiler();
  const build = join(root, 'build', 'compiler-objects');
  const library = await libraryFiles(join(build, 'library'));
  const compiler = new Compiler({ llvm, layers: [system.files, library] });
  const checks = {
    object: await new Objects(root, join(build, 'hostile')).compile(`${challenge}/checks.c`),
    signature: readChallenge(readFileSync(join(root, challenge, 'challenge.md'), 'utf8'), 'challenge.md').signature,
    count: 0,
  };
  const solution = readFileSync(join(root, challenge, 'solution.c'), 'utf8');
  const { wasm } = await compiler.ask('build', solution, checks.object, checks.signature);
  checks.count = listChecks(await WebAssembly.compile(wasm)).length;
  let passed = 0,
    failed = 0;
  const judge = async ({ name, text, page }) => {
    const start = performance.now();
    const source = typeof text === 'string' ? text : new TextDecoder().decode(text);
    const said = await saidOf(compiler, source, checks).catch((error) => error.message);
    const right = page.some((part) => said.includes(part));
    right ? passed++ : failed++;
    const seconds = ((performance.now() - start) / 1000).toFixed(1);
    console.log(
      `${right ? 'ok    ' : 'FAILED'} ${name} (${seconds} s)` +
        (right ? '' : `: it gets "${said.slice(0, 400)}", not "${page.join('" or "')}"`),
    );
  };
  const all = (await hostilePrograms()).filter(({ name }) => wanted.length === 0 || wanted.includes(name));
  const rest = all.values();
  const lane = async () => {
    for (const one of rest) await judge(one);
  };
  await Promise.all(Array.from({ length: LANES }, lane));
  await compiler.worker?.terminate();
  console.log(`hostile, in the page: ${passed} passed, ${failed} failed`);
  if (failed > 0 || passed === 0) process.exitCode = 1;
}

if (isMainThread) await main(process.argv.slice(2));
else if (workerData.role === 'compile') await compile(workerData);
else await run(workerData);
