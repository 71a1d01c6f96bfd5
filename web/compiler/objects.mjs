/* Compiles C files of ours with the page's own compiler, and only those that changed. */
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { compilerVersion, loadCompiler } from './node.mjs';
import { objectFlags, runTool } from './tools.js';
import { FileLayer } from './wasi.js';

/** The roots that our files include from, as the Makefile has them. */
const INCLUDE = ['src', 'src/ml', 'src/checks', 'src/labs'];

/**
 * Every file under a folder whose name ends in one of `suffixes`, in a fixed order.
 * @param {string} root
 * @param {string} folder relative to root
 * @param {string[]} suffixes
 * @returns {string[]} relative to root, with slashes
 */
export function filesUnder(root, folder, suffixes) {
  return readdirSync(join(root, folder), { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile() && suffixes.some((suffix) => entry.name.endsWith(suffix)))
    .map((entry) => join(entry.parentPath, entry.name).slice(root.length).replaceAll('\\', '/').replace(/^\/+/, ''))
    .sort();
}

/** @param {(string | Uint8Array)[]} parts */
function digest(parts) {
  const hash = createHash('sha256');
  for (const part of parts) hash.update(`${part.length}:`).update(part);
  return hash.digest('hex').slice(0, 24);
}

export class Objects {
  /**
   * @param {string} root the project's folder
   * @param {string} cache a folder of this object's own
   * @param {typeof objectFlags} flags
   */
  constructor(root, cache, flags = objectFlags) {
    this.root = root;
    this.cache = cache;
    this.flags = flags;
    /** @type {Map<string, Uint8Array>} */
    this.headers = new Map(filesUnder(root, 'src', ['.h']).map((path) => [path, readFileSync(join(root, path))]));
    this.headersHash = digest([compilerVersion(), ...[...this.headers].flat()]);
    /** @type {ReturnType<typeof loadCompiler> | null} */
    this.compiler = null;
    /** @type {Set<string>} */
    this.used = new Set();
    mkdirSync(cache, { recursive: true });
  }

  /** The compiler is only opened when something changed: that takes a second. */
  async open() {
    this.compiler ??= loadCompiler();
    const { llvm, system } = await this.compiler;
    return { llvm, layers: [new FileLayer(this.headers), system] };
  }

  /**
   * What `make` gives for `inputs`, from the cache if it was made before.
   * @param {string} suffix
   * @param {(string | Uint8Array)[]} inputs all that the result depends on
   * @param {() => Promise<Uint8Array>} make
   */
  async remember(suffix, inputs, make) {
    const name = `${digest(inputs)}${suffix}`,
      file = join(this.cache, name);
    this.used.add(name);
    if (!existsSync(file)) writeFileSync(file, await make());
    return readFileSync(file);
  }

  /**
   * @param {string} path of a C file, relative to the project's folder
   * @param {string | Uint8Array} source what stands in it
   * @returns {Promise<Uint8Array>} its object
   */
  async compile(path, source = readFileSync(join(this.root, path))) {
    const command = this.flags(path, 'out.o', INCLUDE);
    return this.remember('.o', [this.headersHash, source, command.join(' ')], async () => {
      const { llvm, layers } = await this.open();
      const { err, read } = this.run(llvm, layers, command, path, source);
      const object = read('out.o');
      if (err !== '') console.error(err.trimEnd());
      if (!object) throw new Error(`${path} does not compile for the page; clang's messages stand above`);
      return object;
    });
  }

  /**
   * @param {Parameters<typeof runTool>[0]} llvm
   * @param {Parameters<typeof runTool>[1]} layers
   * @param {string[]} command
   * @param {string} path
   * @param {string | Uint8Array} source
   */
  run(llvm, layers, command, path, source) {
    try {
      return runTool(llvm, layers, command, { [path]: source });
    } catch (error) {
      throw new Error(`${path}: the page's compiler fails on this file (an error of its own); write it otherwise`, { cause: error });
    }
  }

  /**
   * @param {string[]} paths of C files
   * @returns {Promise<Uint8Array>} a static library of their objects
   */
  async archive(paths) {
    /** @type {Record<string, Uint8Array>} */
    const members = {};
    for (const path of paths) members[`${path.replaceAll('/', '-').slice(0, -2)}.o`] = await this.compile(path);
    return this.remember('.a', ['archive', ...Object.entries(members).flat()], async () => {
      const { llvm, layers } = await this.open();
      const { err, read } = runTool(llvm, layers, ['ar', 'rcsD', 'out.a', ...Object.keys(members)], members);
      const archive = read('out.a');
      if (!archive) throw new Error(`the library could not be put together: ${err}`);
      return archive;
    });
  }

  /** Forgets what was not asked for since this object was made. */
  prune() {
    for (const name of readdirSync(this.cache)) if (!this.used.has(basename(name))) rmSync(join(this.cache, name));
  }
}
