/**
 * How many lines of src/ml the unit tests run, by gcov, module by module; fails where one is below the limit.
 *     node tests/coverage/lines.mjs build/coverage           the table
 *     node tests/coverage/lines.mjs build/coverage data      and which lines of that module no test runs
 * A line of a header counts as run if any file that includes it ran it. A module's figure is of its own lines.
 */
import { execFileSync } from 'node:child_process';
import { readdirSync } from 'node:fs';
import { dirname, join } from 'node:path';

const LIMIT = 95; // percent, of each module
const [folder, shown] = process.argv.slice(2);
const gcov = (process.env.GCOV ?? 'gcov').split(' '); // "llvm-cov gcov" for clang

/** @type {Map<string, Map<number, boolean>>} of each file, its lines that have code: whether one test or another ran them */
const files = new Map();

/**
 * Takes in what gcov says of one object. A line is "  count:  number: text"; a count of "-" means no code, "#####" and
 * "=====" that it never ran.
 * @param {string} said
 */
function take(said) {
  let lines = /** @type {Map<number, boolean> | undefined} */ (undefined);
  for (const line of said.split('\n')) {
    const [, count, number, text] = /^ *([^ :]+): *(\d+):(.*)$/.exec(line) ?? [];
    if (number === '0' && text.startsWith('Source:')) {
      const name = text.slice('Source:'.length);
      lines = undefined;
      if (!name.startsWith('src/ml/')) continue;
      files.set(name, (lines = files.get(name) ?? new Map()));
    } else if (lines && count !== undefined && count !== '-') {
      lines.set(Number(number), (lines.get(Number(number)) ?? false) || !/^[#=]/.test(count));
    }
  }
}

const objects = readdirSync(join(folder, 'src/ml'), { recursive: true, encoding: 'utf8' })
  .filter((name) => name.endsWith('.gcno')).map((name) => join(folder, 'src/ml', name)).sort();
if (objects.length === 0) throw new Error(`${folder} holds no counted objects; run make coverage`);
for (const object of objects)
  take(execFileSync(gcov[0], [...gcov.slice(1), '-t', '-o', dirname(object), object],
    { encoding: 'utf8', maxBuffer: 1 << 28, stdio: ['ignore', 'pipe', 'ignore'] }));

/** @type {Map<string, { run: number, all: number, files: number }>} */
const modules = new Map();
const total = { run: 0, all: 0, files: 0 };
for (const [name, lines] of files) {
  const module = name.split('/')[2];
  const own = modules.get(module) ?? { run: 0, all: 0, files: 0 };
  modules.set(module, own);
  const run = [...lines.values()].filter(Boolean).length;
  for (const sum of [own, total]) {
    sum.run += run;
    sum.all += lines.size;
    sum.files++;
  }
  const never = [...lines].filter(([, ran]) => !ran).map(([number]) => number).sort((a, b) => a - b);
  if (module === shown && never.length > 0) console.log(`${name}: ${never.join(' ')}`);
}

/** @type {(name: string, sum: { run: number, all: number, files: number }) => void} */
function tell(name, { run, all, files: n }) {
  const share = ((100 * run) / all).toFixed(1);
  console.log(`${name.padEnd(12)}${String(n).padStart(6)}${String(all).padStart(8)}${String(run).padStart(8)}${share.padStart(8)} %`);
}

console.log(`${'module'.padEnd(12)} files   lines     run    share`);
for (const [name, sum] of [...modules].sort()) tell(name, sum);
tell('src/ml', total);
const low = [...modules].filter(([, { run, all }]) => 100 * run < LIMIT * all).map(([name]) => name);
if (low.length > 0) {
  console.log(`FAILED: unit tests run fewer than ${LIMIT} % of the lines of ${low.join(', ')}`);
  process.exitCode = 1;
}
