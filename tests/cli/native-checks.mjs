/* A challenge's checks, built with a compiler and flags of one's choice and run one a process, much faster than through
 * `laymanz check`: the checks are compiled once, and nothing is explained. */
import { execFile, spawn, spawnSync } from 'node:child_process';
import { closeSync, openSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';

const execute = promisify(execFile);
const PARTS = ['check', 'native', 'confine'];

/** As src/checks/native.h lays out a native_verdict: done, leaked, refused[32], then the check's `failed`. */
const DONE = 0,
  LEAKED = 1,
  FAILED = 34;

/** As src/cli/answer.c sets them. */
const ASAN_OPTIONS = [
  'detect_leaks=1',
  'leak_check_at_exit=0',
  'allocator_may_return_null=1',
  'max_allocation_size_mb=256',
  'hard_rss_limit_mb=1024',
].join(':');

export class NativeChecks {
  /**
   * @param {object} options
   * @param {string} options.root the project
   * @param {string} options.challenge its folder
   * @param {string} options.folder for what is built
   * @param {string} options.cc
   * @param {string[]} options.flags
   * @param {number} [options.limitMs] for a check
   */
  constructor({ root, challenge, folder, cc, flags, limitMs = 5000 }) {
    Object.assign(this, { root, challenge, folder, cc, limitMs });
    this.leaksFail = /^leaks: *fail *$/m.test(readFileSync(join(challenge, 'challenge.md'), 'utf8'));
    this.flags = ['-std=c11', '-ffp-contract=off', ...flags];
    this.tag = [cc, ...flags].join('').replace(/[^a-z0-9]/g, '');
  }

  #object(name) {
    return join(this.folder, `${this.tag}-${name}.o`);
  }

  #compile(source, object, include) {
    const paths = include.map((path) => `-I${join(this.root, path)}`);
    return execute(this.cc, [...this.flags, ...paths, '-c', source, '-o', object], { timeout: 60000 });
  }

  /** Compiles what does not depend on the answer. */
  async prepare() {
    const include = ['src', 'src/ml', 'src/checks'];
    for (const part of PARTS) await this.#compile(join(this.root, `src/checks/${part}.c`), this.#object(part), include);
    await this.#compile(join(this.challenge, 'checks.c'), this.#object('checks'), include);
    return this;
  }

  /**
   * @param {string} source the answer's file
   * @param {string} name of the program, unlike that of any other in the folder
   * @returns {Promise<{program: string, error: string, said: string}>} error "" if it could be built
   */
  async build(source, name) {
    const object = this.#object(name),
      program = join(this.folder, name);
    const objects = [...PARTS, 'checks'].map((part) => this.#object(part));
    try {
      const { stderr } = await this.#compile(source, object, ['src/ml']);
      const library = join(this.root, 'build/native/libml.a');
      await execute(this.cc, [...this.flags, object, ...objects, library, '-lm', '-o', program], { timeout: 60000 });
      return { program, error: '', said: stderr };
    } catch (error) {
      return { program, error: String(error.stderr || error.message), said: '' };
    } finally {
      rmSync(object, { force: true });
    }
  }

  /**
   * @param {string} program
   * @param {number} index of the check
   * @returns {Promise<boolean>} whether it passed
   */
  run(program, index) {
    const path = `${program}.told`,
      file = openSync(path, 'w+');
    return new Promise((done) => {
      const child = spawn(program, ['run', String(index)], {
        stdio: ['ignore', 'ignore', 'ignore', file],
        env: { ...process.env, ASAN_OPTIONS, UBSAN_OPTIONS: '' },
      });
      const timer = setTimeout(() => child.kill('SIGKILL'), this.limitMs);
      child.on('close', () => {
        clearTimeout(timer);
        closeSync(file);
        const told = readFileSync(path);
        rmSync(path);
        done(told[DONE] === 1 && !(this.leaksFail && told[LEAKED] === 1) && told[FAILED] === 0);
      });
    });
  }
}

/**
 * LeakSanitizer cannot run where no process may look into another: under a debugger, in some containers.
 * @param {string} folder for a try
 */
export function leaksAreFound(folder) {
  const program = join(folder, 'leaks'),
    source = `${program}.c`;
  writeFileSync(source, '#include <stdlib.h>\nint main(void) { void *volatile p = malloc(24); p = NULL; return 0; }\n');
  spawnSync('cc', ['-w', '-fsanitize=address', source, '-o', program]);
  const { stderr } = spawnSync(program, { encoding: 'utf8', env: { ...process.env, ASAN_OPTIONS: 'detect_leaks=1' } });
  for (const file of [program, source]) rmSync(file, { force: true });
  return !stderr.includes('LeakSanitizer has encountered a fatal error');
}
