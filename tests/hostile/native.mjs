/* Runs every hostile program natively: it must get its sentence within the time limits, and leave nothing behind.
 *
 * Usage: node native.mjs PROGRAM [NAME...] */
import { spawn } from 'node:child_process';
import { mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { availableParallelism, tmpdir } from 'node:os';
import { dirname, join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { leaksAreFound } from '../cli/native-checks.mjs';
import { hostilePrograms } from './programs.mjs';

const [path, ...wanted] = process.argv.slice(2);
const program = resolve(path);
const root = resolve(dirname(fileURLToPath(import.meta.url)), '../..');
const folder = mkdtempSync(join(tmpdir(), 'laymanz-hostile-'));

/* Two checks that do not end take three times 5 s on the clock if they sleep; the compiler may take 20 s, and filling a
 * gigabyte of memory takes 15 s on a quiet machine. This is for a check that would never end, not a measure of speed. */
const LIMIT_MS = 240000;

/** Runs `laymanz check` on a file; all that it says, in one text. */
function check(file, scratch) {
  return new Promise((done) => {
    const env = { ...process.env, LAYMANZ_HOME: root, TMPDIR: scratch };
    const child = spawn(program, ['check', 'linear-predict', file, '--json'], {
      env,
      cwd: scratch,
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    let out = '',
      error = '',
      late = false;
    child.stdout.on('data', (text) => (out += text));
    child.stderr.on('data', (text) => (error += text));
    const timer = setTimeout(() => (late = child.kill('SIGKILL')), LIMIT_MS);
    child.on('close', (status) => {
      clearTimeout(timer);
      done({ out, error, late, status });
    });
  });
}

/** All sentences about it; "passes" if every check passed. */
function saidOf(out) {
  const told = JSON.parse(out);
  if (told.compile_error !== undefined) return told.compile_error;
  const sentences = told.checks.flatMap(({ message, warning }) => [message, warning]).filter((one) => one !== '');
  return [...(told.failed === 0 ? ['passes'] : []), ...sentences].join('\n');
}

/** What is wrong with how the program was dealt with, or "". */
function problemOf({ out, error, late, status }, expected, left) {
  if (late) return `it took more than ${LIMIT_MS / 1000} s`;
  if (error !== '' || out === '') return `laymanz itself has trouble: ${error.trim()}`;
  const said = saidOf(out);
  if (left.length > 0) return `it left ${left.join(', ')} behind`;
  if (status !== (said.startsWith('passes') ? 0 : 1)) return `exit status ${status}`;
  return expected.some((part) => said.includes(part))
    ? ''
    : `it gets "${said.slice(0, 400)}", not "${expected.join('" or "')}"`;
}

let passed = 0,
  failed = 0;

async function judge({ name, text, native }) {
  const scratch = join(folder, name, 'tmp'),
    file = join(folder, name, 'linear-predict.c');
  mkdirSync(scratch, { recursive: true });
  writeFileSync(file, text);
  const start = performance.now();
  const result = await check(file, scratch);
  const problem = problemOf(result, native, readdirSync(scratch));
  problem === '' ? passed++ : failed++;
  const seconds = ((performance.now() - start) / 1000).toFixed(1);
  console.log(`${problem === '' ? 'ok    ' : 'FAILED'} ${name} (${seconds} s)${problem && `: ${problem}`}`);
}

const skipped = leaksAreFound(folder) ? [] : ['leaks'];
for (const name of skipped) console.log(`skip   ${name}: the leak check cannot run on this machine`);
const all = (await hostilePrograms()).filter(
  ({ name }) => !skipped.includes(name) && (wanted.length === 0 || wanted.includes(name)),
);
const rest = all.values();
const worker = async () => {
  for (const one of rest) await judge(one);
};
await Promise.all(Array.from({ length: availableParallelism() }, worker));
rmSync(folder, { recursive: true });
console.log(`hostile, natively: ${passed} passed, ${failed} failed`);
process.exitCode = failed === 0 && passed > 0 ? 0 : 1;
