/* Every challenge folder as it should be: complete, its starter failing, its solution passing, every wrong answer
 * caught by the check that it names. Each message says what to do.
 *
 * Usage: node check-challenges.mjs PROGRAM [SLUG...] */
import { execFileSync, spawn, spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { NativeChecks } from './native-checks.mjs';

const [programPath, ...wanted] = process.argv.slice(2);
const root = resolve(dirname(fileURLToPath(import.meta.url)), '../..');
const program = resolve(programPath);
const env = { ...process.env, LAYMANZ_HOME: root };
const compilers = ['gcc', 'clang'].filter((name) => spawnSync(name, ['--version']).status === 0);
const scratch = mkdtempSync(join(tmpdir(), 'laymanz-challenges-'));

/** @returns {Promise<any>} what `laymanz check --json` prints */
function verdictsOn(slug, file, cc) {
  return new Promise((done, broke) => {
    const child = spawn(program, ['check', slug, file, '--json'], { env: { ...env, CC: cc } });
    let out = '',
      error = '';
    child.stdout.on('data', (text) => (out += text));
    child.stderr.on('data', (text) => (error += text));
    child.on('close', () => (out === '' ? broke(new Error(error.trim())) : done(JSON.parse(out))));
  });
}

const failing = (told) => told.checks.filter((check) => !check.passed).map((check) => check.name);

// --- One challenge ---------------------------------------------------------------------------------------------------

class Challenge {
  constructor(declared) {
    this.slug = declared.slug;
    this.folder = join(root, 'lessons', declared.chapter, 'challenges', declared.slug);
    this.facts = 0;
    this.problems = [];
  }

  /** One thing that must hold, and what to do if it does not. */
  expect(holds, file, remedy) {
    this.facts++;
    if (!holds) this.problems.push(`${this.slug}/${file}: ${remedy}`);
    return Boolean(holds);
  }

  read(file) {
    const path = join(this.folder, file);
    if (!this.expect(existsSync(path), file, 'is missing; write it (tests of a challenge: README.md)')) return '';
    return readFileSync(path, 'utf8');
  }
}

const REQUIRED = ['title', 'level', 'minutes', 'teaches', 'signature'];
const KEYS = [...REQUIRED, 'drives', 'count', 'star', 'leaks', 'time_limit'];

function frontMatter(challenge, text, labs) {
  const [, head] = /^---\n([^]*?)\n---\n/.exec(text) ?? [];
  if (!challenge.expect(head, 'challenge.md', 'begin with front matter between two lines of ---')) return {};
  const fields = {};
  for (const line of head.split('\n')) {
    const [, key, value] = /^([a-z_]+): *(.*?) *$/.exec(line) ?? [];
    challenge.expect(KEYS.includes(key), 'challenge.md', `"${line}" is no "key: value" of ${KEYS.join(', ')}`);
    challenge.expect(!(key in fields), 'challenge.md', `${key} stands there twice; keep one`);
    fields[key] = value;
  }
  for (const key of REQUIRED) challenge.expect(fields[key], 'challenge.md', `add "${key}:" to the front matter`);
  const { title = '', level, minutes, teaches = '', drives, time_limit = '5' } = fields;
  challenge.expect(title.length <= 60, 'challenge.md', 'shorten the title to 60 letters, for the list on the map');
  challenge.expect(/^[1-5]$/.test(level), 'challenge.md', 'level is 1 (first steps) to 5 (an evening)');
  challenge.expect(/^[1-9]\d?$/.test(minutes), 'challenge.md', 'minutes is a whole number from 1 to 99');
  challenge.expect(
    /^([1-9]|[1-5]\d|60)$/.test(time_limit),
    'challenge.md',
    'time_limit is the seconds that each check may take: a whole number from 1 to 60, or leave it out for 5',
  );
  challenge.expect(!teaches.endsWith('.'), 'challenge.md', 'teaches is a phrase: leave out its full stop');
  if (drives)
    challenge.expect(labs.includes(drives), 'challenge.md', `drives names no lab; these are: ${labs.join(' ')}`);
  costRules(challenge, fields);
  return fields;
}

function costRules(challenge, { count, star, leaks }) {
  const is = (holds, remedy) => challenge.expect(holds, 'challenge.md', remedy);
  is(count === undefined || count === 'true', 'write "count: true", or leave it out');
  is(leaks === undefined || leaks === 'fail', 'write "leaks: fail", or leave it out');
  if (star === undefined) return;
  is(/^(flops|loads|stores) <= \d+(\.\d+)?$/.test(star), 'write a star as "star: loads <= 0.8"');
  is(count === 'true', 'a star needs "count: true" too');
}

/** The text below a heading of the second level; before the first one without a name. */
const section = (text, name) => new RegExp(`\\n## ${name}\\n([^]*?)(?=\\n## |$)`).exec(text)?.[1].trim() ?? '';

function sections(challenge, text) {
  const body = text.replace(/^---\n[^]*?\n---\n/, '');
  challenge.expect(body.split(/^## /m)[0].trim().length > 100, 'challenge.md', 'say what to do before "## Hints"');
  challenge.expect(
    section(body, 'Take away').length > 50,
    'challenge.md',
    'add "## Take away": what stays when the code is gone',
  );
  const hints = section(body, 'Hints').split(/^- ?/m).slice(1);
  challenge.expect(hints.length >= 2, 'challenge.md', 'add "## Hints", a list from a nudge to nearly the answer');
  hints.forEach((hint, i) =>
    challenge.expect(hint.trim().length > 10, 'challenge.md', `hint ${i + 1} is empty: write it or remove it`),
  );
}

const spaceless = (text) => text.replace(/\/\*[^]*?\*\//g, '').replace(/\s+/g, ' ');

function sources(challenge, signature) {
  const starter = challenge.read('starter.c'),
    solution = challenge.read('solution.c');
  for (const [file, text] of [
    ['starter.c', starter],
    ['solution.c', solution],
  ])
    challenge.expect(
      spaceless(text).includes(signature),
      file,
      `declare the function as challenge.md does: ${signature}`,
    );
  challenge.expect((starter.match(/TODO/g) ?? []).length === 1, 'starter.c', 'mark the one place to work at with TODO');
  challenge.expect(!/TODO/.test(solution), 'solution.c', 'remove TODO: it is solved here');
  challenge.expect(/\/\*/.test(solution), 'solution.c', 'explain the choices in comments: it is read after solving');
}

function checkNames(challenge, checks) {
  const names = checks.map((check) => check.name);
  challenge.expect(
    new Set(names).size === names.length,
    'checks.c',
    'a name stands there twice; give each check its own',
  );
  for (const { name, sentence } of checks) {
    challenge.expect(/^[a-z][a-z0-9_]*$/.test(name), 'checks.c', `write the name ${name} as lower_case_words`);
    challenge.expect(
      /^[A-Z].{5,}[^.]$/.test(sentence),
      'checks.c',
      `${name}: its sentence says what a right answer does, from a capital letter on, without a full stop`,
    );
  }
  challenge.expect(checks[0]?.hidden === false, 'checks.c', 'show the first check: the learner begins with it');
  challenge.expect(
    checks.some((check) => check.hidden),
    'checks.c',
    'hide at least one check: what is shown can be copied',
  );
}

async function starter(challenge) {
  let checks = [];
  for (const cc of compilers) {
    const told = await verdictsOn(challenge.slug, join(challenge.folder, 'starter.c'), cc);
    const compiles = told.compile_error === undefined;
    challenge.expect(compiles, 'starter.c', `make it compile with ${cc}: ${told.compile_error}`);
    challenge.expect(told.warnings === undefined, 'starter.c', `make ${cc} quiet about it: ${told.warnings}`);
    if (compiles)
      challenge.expect(told.failed > 0, 'starter.c', 'it passes every check: take more of the solution out of it');
    if (compiles) checks = told.checks;
  }
  return checks;
}

async function solution(challenge) {
  const file = join(challenge.folder, 'solution.c');
  for (const cc of compilers) {
    const told = await verdictsOn(challenge.slug, file, cc);
    challenge.expect(
      told.compile_error === undefined,
      'solution.c',
      `make it compile with ${cc}: ${told.compile_error}`,
    );
    challenge.expect(told.warnings === undefined, 'solution.c', `make ${cc} quiet about it: ${told.warnings}`);
    for (const check of told.checks)
      challenge.expect(check.passed, 'solution.c', `must pass ${check.name} (${cc}, sanitizers): ${check.message}`);
    await solutionOptimised(challenge, file, cc, told.checks);
  }
}

/** Without sanitizers and with an optimiser, as `laymanz lab --with` runs it. */
async function solutionOptimised(challenge, file, cc, checks) {
  const native = new NativeChecks({
    root,
    challenge: challenge.folder,
    folder: scratch,
    cc,
    flags: ['-O2', '-Wall', '-Wextra'],
  });
  await native.prepare();
  const { program: built, error, said } = await native.build(file, `${challenge.slug}-${cc}`);
  if (!challenge.expect(error + said === '', 'solution.c', `make ${cc} -O2 quiet about it: ${error}${said}`)) return;
  for (let i = 0; i < checks.length; i++)
    challenge.expect(
      await native.run(built, i),
      'solution.c',
      `must pass ${checks[i].name} with ${cc} -O2 too; is something undefined?`,
    );
}

async function wrongAnswers(challenge, checks) {
  const folder = join(challenge.folder, 'wrong');
  const files = existsSync(folder) ? readdirSync(folder).sort() : [];
  challenge.expect(
    files.length > 0,
    'wrong',
    'add the mistakes that people make, one a file, each with the check that catches it',
  );
  for (const name of files) {
    const file = `wrong/${name}`,
      text = challenge.read(file);
    const caught = /^\/\* caught by: (\w+) \*\/\n\/\* .+/.exec(text)?.[1];
    if (!challenge.expect(caught, file, 'begin with /* caught by: NAME */ and, on line 2, /* what is wrong with it */'))
      continue;
    if (
      !challenge.expect(
        checks.some((check) => check.name === caught),
        file,
        `there is no check named ${caught}`,
      )
    )
      continue;
    const told = await verdictsOn(challenge.slug, join(folder, name), compilers[0]);
    challenge.expect(told.compile_error === undefined, file, `make it compile: ${told.compile_error}`);
    challenge.expect(
      failing(told).includes(caught),
      file,
      `${caught} does not catch it; these do: ${failing(told).join(', ') || 'none'}`,
    );
  }
}

const FILES = ['challenge.md', 'checks.c', 'drive.c', 'solution.c', 'starter.c', 'wrong'];

async function checkChallenge(declared, labs) {
  const challenge = new Challenge(declared);
  for (const name of readdirSync(challenge.folder))
    challenge.expect(FILES.includes(name), name, `does not belong there; a challenge is ${FILES.join(', ')}`);
  const text = challenge.read('challenge.md');
  const { signature = '' } = frontMatter(challenge, text, labs);
  sections(challenge, text);
  sources(challenge, signature);
  const checks = await starter(challenge);
  checkNames(challenge, checks);
  await solution(challenge);
  await wrongAnswers(challenge, checks);
  return challenge;
}

// --- All -------------------------------------------------------------------------------------------------------------

const ask = (what) => JSON.parse(execFileSync(program, [what, '--json'], { env, encoding: 'utf8', stdio: 'pipe' }));

async function main() {
  const labs = ask('labs').map((lab) => lab.name);
  const declared = ask('challenges').filter(({ slug }) => wanted.length === 0 || wanted.includes(slug));
  if (compilers.length === 0) throw new Error('there is no C compiler; install gcc or clang');
  if (declared.length === 0) throw new Error(`there is no challenge named ${wanted.join(' or ')}`);
  let passed = 0,
    failed = 0;
  for (const one of declared) {
    const { slug, facts, problems } = await checkChallenge(one, labs);
    for (const problem of problems) console.log(`FAILED ${problem}`);
    console.log(`${slug}: ${facts - problems.length} passed, ${problems.length} failed`);
    passed += facts - problems.length;
    failed += problems.length;
  }
  console.log(`challenges: ${passed} passed, ${failed} failed`);
  return failed === 0;
}

try {
  process.exitCode = (await main()) ? 0 : 1;
} catch (error) {
  console.log(`FAILED ${error.message}\nchallenges: 0 passed, 1 failed`);
  process.exitCode = 1;
} finally {
  rmSync(scratch, { recursive: true });
}
