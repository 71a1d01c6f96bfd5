/* Every challenge with the page's own compiler, runner and explanations, in Node: the starter compiles and fails, the
 * solution passes, and each wrong answer is caught by the check that its first comment names.
 *
 * Usage: node challenges.mjs [PROJECT FOLDER] */
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { isMainThread, parentPort, Worker, workerData } from 'node:worker_threads';
import { libraryFiles } from '../../web/compiler/library.mjs';
import { loadCompiler } from '../../web/compiler/node.mjs';
import { Objects } from '../../web/compiler/objects.mjs';
import { listChecks, runChecks } from '../../web/compiler/runner.js';
import { supervise } from '../../web/compiler/supervise.js';
import { FileLayer } from '../../web/compiler/wasi.js';
import { Workshop } from '../../web/compiler/workshop.js';
import { findChallenges, readChallenge } from '../../web/site/challenges.mjs';

/** The checks of a module, each with its verdict, run in threads as the page runs them in workers. */
async function verdictsOf(workshop, wasm, count, timeLimit) {
  const verdicts = [];
  await supervise({
    count,
    timeLimit,
    explain: async (trap) => workshop.explain(trap, wasm),
    tell: (event) => event.type === 'verdict' && verdicts.push(event),
    start: (first, tell, broke) => {
      const worker = new Worker(fileURLToPath(import.meta.url), { workerData: { wasm, first } });
      worker.on('message', tell).on('error', broke);
      return { stop: () => worker.terminate() };
    },
  });
  return verdicts.sort((a, b) => a.index - b.index);
}

const sourceOf = (folder) => readFileSync(join(folder, 'challenge.md'), 'utf8');

/** A challenge's own time limit is read, and what is none is refused with a sentence that says what is one. */
function timeLimitProblems(folder) {
  const problems = [];
  const without = sourceOf(folder).replace(/^time_limit:.*\n/m, '');
  const read = (more) => {
    try {
      return readChallenge(without.replace('\n---\n', `\n${more}---\n`), 'challenge.md').timeLimit;
    } catch ({ message }) {
      return message;
    }
  };
  for (const [more, expected] of [['', 5], ['time_limit: 1\n', 1], ['time_limit: 60\n', 60]])
    if (read(more) !== expected) problems.push(`"${more.trim()}" is read as ${read(more)}`);
  for (const value of ['0', '61', '-1', '2.5', 'long'])
    if (!/a whole number from 1 to 60$/.test(read(`time_limit: ${value}\n`)))
      problems.push(`"${value}" gives ${read(`time_limit: ${value}\n`)}`);
  return problems;
}

async function main(root) {
  const build = join(root, 'build', 'compiler-objects');
  const library = await libraryFiles(join(build, 'library'));
  const objects = new Objects(root, join(build, 'challenges'));
  const { llvm, system } = await loadCompiler();
  const workshop = new Workshop(llvm, [system, new FileLayer(library)]);
  let passed = 0,
    failed = 0;

  const judge = async (challenge, file, checks, expected) => {
    const text = readFileSync(join(challenge.folder, file), 'utf8');
    const { wasm, diagnostics, problems } = workshop.build(text, checks, '');
    let problem = '';
    if (!wasm) {
      const reasons = [...diagnostics.map(({ line, message }) => `line ${line}: ${message}`), ...problems];
      problem = `does not compile: ${reasons.join('; ')}`;
    } else {
      const names = listChecks(await WebAssembly.compile(wasm)).map(({ name }) => name);
      const verdicts = await verdictsOf(workshop, wasm, names.length, challenge.timeLimit);
      const failing = verdicts.filter((verdict) => !verdict.passed);
      problem = expected(
        text,
        failing.map(({ index }) => names[index]),
        failing,
        diagnostics,
        names,
      );
    }
    problem === '' ? passed++ : failed++;
    console.log(`${problem === '' ? 'ok  ' : 'FAIL'} ${challenge.slug}/${file}${problem && `: ${problem}`}`);
  };

  const starterFails = (_text, failing) => (failing.length > 0 ? '' : 'the starter passes every check');
  const solutionPasses = (_text, _failing, verdicts, diagnostics) =>
    [...verdicts.map(({ message }) => message), ...diagnostics.map(({ message }) => `warning: ${message}`)].join('; ');
  const wrongIsCaught = (text, failing, _verdicts, _diagnostics, names) => {
    const name = /^\/\*\s*caught by:\s*(\w+)/.exec(text)?.[1];
    if (!name) return 'its first comment names no check: write "/* caught by: NAME */"';
    if (!names.includes(name)) return `there is no check named ${name}`;
    return failing.includes(name) ? '' : `${name} does not catch it (${failing.join(', ') || 'nothing'} does)`;
  };

  const challenges = findChallenges(root).map((challenge) => ({
    ...challenge,
    ...readChallenge(sourceOf(challenge.folder), challenge.slug),
  }));
  for (const problem of timeLimitProblems(challenges[0].folder)) {
    failed++;
    console.log(`FAIL time_limit: ${problem}`);
  }
  for (const challenge of challenges) {
    const checks = await objects.compile(`lessons/${challenge.chapter}/challenges/${challenge.slug}/checks.c`);
    await judge(challenge, 'starter.c', checks, starterFails);
    await judge(challenge, 'solution.c', checks, solutionPasses);
    const wrong = join(challenge.folder, 'wrong');
    for (const name of existsSync(wrong)
      ? readdirSync(wrong)
          .filter((file) => file.endsWith('.c'))
          .sort()
      : [])
      await judge(challenge, `wrong/${basename(name)}`, checks, wrongIsCaught);
  }
  console.log(`${passed} passed, ${failed} failed`);
  if (failed > 0 || challenges.length === 0) process.exitCode = 1;
}

if (isMainThread) {
  await main(process.argv[2] ?? fileURLToPath(new URL('../..', import.meta.url)).replace(/\/$/, ''));
} else {
  await runChecks(workerData.wasm, workerData.first, (event) => parentPort.postMessage(event));
  parentPort.postMessage({ type: 'done' });
}
