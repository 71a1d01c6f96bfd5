/* How good are the checks? Changes one thing at a time in every solution.c and counts how many of the changed solutions
 * the checks of the challenge catch. What survives is listed: either a check is missing, or the change changes nothing.
 * A survivor that an optimising compiler turns into the same code as the solution is left out of the count.
 * Sources: DeMillo, Lipton and Sayward 1978, "Hints on test data selection", IEEE Computer 11(4); Papadakis and others
 * 2015, "Trivial compiler equivalence", ICSE.
 *
 * Usage: node mutants.mjs [--least PERCENT] [SLUG...] */
import { spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { availableParallelism, tmpdir } from 'node:os';
import { dirname, join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { NativeChecks } from '../cli/native-checks.mjs';
import { mutants } from './mutate.mjs';

const root = resolve(dirname(fileURLToPath(import.meta.url)), '../..');
const FLAGS = ['-O1', '-w', '-fsanitize=address,undefined,float-cast-overflow', '-fno-sanitize-recover=all'];
const LIMIT_MS = 3000; /* a solution needs a hundredth of it */

/** Every challenge's folder. */
function folders(wanted) {
  const found = [];
  for (const chapter of readdirSync(join(root, 'lessons')).sort()) {
    const folder = join(root, 'lessons', chapter, 'challenges');
    for (const slug of existsSync(folder) ? readdirSync(folder).sort() : [])
      if (wanted.length === 0 || wanted.includes(slug)) found.push({ slug, folder: join(folder, slug) });
  }
  return found;
}

/** Runs the task for every item, as many at a time as there are processors. */
async function forEach(items, task) {
  const rest = items.entries();
  const worker = async () => {
    for (const [index, item] of rest) await task(item, index);
  };
  await Promise.all(Array.from({ length: availableParallelism() }, worker));
}

const countChecks = (folder) =>
  /check_case check_cases\[\] = \{([^]*?)\{0\}/.exec(readFileSync(join(folder, 'checks.c'), 'utf8'))[1].match(/\{"/g)
    .length;

/** Whether one check at least does not pass; null if the change does not compile. */
async function isKilled(native, file, name, count) {
  const { program, error } = await native.build(file, name);
  if (error !== '') return null;
  try {
    for (let i = 0; i < count; i++) if (!(await native.run(program, i))) return true;
    return false;
  } finally {
    rmSync(program);
  }
}

const optimisers = ['gcc', 'clang'].filter((name) => spawnSync(name, ['--version']).status === 0);

/** What each compiler makes of a text: assembly, without what tells lines and names of files. */
const codeOf = (text) =>
  optimisers.map((cc) => {
    const words = [
      '-std=c11',
      '-O3',
      '-w',
      '-ffp-contract=off',
      `-I${join(root, 'src/ml')}`,
      '-x',
      'c',
      '-S',
      '-o',
      '-',
      '-',
    ];
    return spawnSync(cc, words, { input: text, encoding: 'utf8' }).stdout;
  });

async function measure({ slug, folder }, scratch) {
  const native = new NativeChecks({
    root,
    challenge: folder,
    folder: scratch,
    cc: process.env.CC || 'cc',
    flags: FLAGS,
    limitMs: LIMIT_MS,
  });
  await native.prepare();
  const count = countChecks(folder),
    solution = join(folder, 'solution.c');
  if (await isKilled(native, solution, 'solution', count)) throw new Error(`${slug}: solution.c itself does not pass`);
  const survivors = [];
  let killed = 0,
    equivalent = 0;
  const text = readFileSync(solution, 'utf8'),
    code = codeOf(text);
  await forEach(mutants(text), async (mutant, i) => {
    const file = join(scratch, `mutant-${i}.c`);
    writeFileSync(file, mutant.text);
    const dead = await isKilled(native, file, `mutant-${i}`, count);
    if (dead === true) killed++;
    else if (dead === false && codeOf(mutant.text).some((other, k) => other === code[k])) equivalent++;
    else if (dead === false) survivors.push(mutant);
    rmSync(file);
  });
  survivors.sort((a, b) => a.line - b.line);
  return { slug, killed, equivalent, survivors };
}

const share = (killed, alive) => (killed + alive === 0 ? 0 : (100 * killed) / (killed + alive));

async function main(args) {
  const at = args.indexOf('--least');
  const [, least] = at < 0 ? ['', 90] : args.splice(at, 2).map(Number);
  const challenges = folders(args);
  if (challenges.length === 0) throw new Error(`there is no challenge named ${args.join(' or ')}`);
  let killed = 0,
    alive = 0,
    weak = 0;
  for (const challenge of challenges) {
    const scratch = mkdtempSync(join(tmpdir(), 'laymanz-mutants-'));
    const result = await measure(challenge, scratch).finally(() => rmSync(scratch, { recursive: true }));
    const percent = share(result.killed, result.survivors.length);
    const same = result.equivalent > 0 ? `; ${result.equivalent} more change nothing` : '';
    const of = result.killed + result.survivors.length;
    console.log(`${result.slug}: ${result.killed} of ${of} killed, ${percent.toFixed(1)} %${same}`);
    for (const { line, change } of result.survivors) console.log(`    survives: solution.c:${line}: ${change}`);
    killed += result.killed;
    alive += result.survivors.length;
    if (percent < least) weak++;
  }
  console.log(`in all: ${killed} of ${killed + alive} killed, ${share(killed, alive).toFixed(1)} %`);
  if (weak > 0)
    console.log(`${weak} below ${least} %: for each survivor that is a real mistake, add a check that fails on it`);
  return weak === 0;
}

process.exitCode = (await main(process.argv.slice(2))) ? 0 : 1;
