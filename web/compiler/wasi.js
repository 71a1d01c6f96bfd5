/* A host for WASI preview 1 programs, with files in memory. It runs the compiler's tools and the learner's programs, in
 * a page, a worker and Node. A program gets what is here and nothing more: no network, no storage, no page.
 * Source: WASI preview 1, "wasi_snapshot_preview1" (the witx files of the WebAssembly/WASI repository). */

const OK = 0,
  EBADF = 8,
  EEXIST = 20,
  EINVAL = 28,
  EISDIR = 31,
  ENOENT = 44,
  ENOSYS = 52,
  ENOTDIR = 54,
  ESPIPE = 70;
const TYPE_CHARACTER_DEVICE = 2,
  TYPE_DIRECTORY = 3,
  TYPE_FILE = 4;
const OPEN_CREATE = 1,
  OPEN_DIRECTORY = 2,
  OPEN_EXCLUSIVE = 4,
  OPEN_TRUNCATE = 8;
const FLAG_APPEND = 1;
const ALL_RIGHTS = 0x1fffffffn;
const ROOT_FD = 3;

const encoder = new TextEncoder();
const decoder = new TextDecoder();

/** Thrown through the program's frames when it calls exit. */
export class WasiExit extends Error {
  /** @param {number} code */
  constructor(code) {
    super(`exit(${code})`);
    this.code = code;
  }
}

/** Files that any number of programs read and none can change: the system's headers, the library. */
export class FileLayer {
  /** @param {Map<string, Uint8Array>} files by path, without a leading slash */
  constructor(files) {
    this.files = files;
    this.directories = new Set(['']);
    for (const path of files.keys()) addParents(this.directories, path);
  }
}

/**
 * @param {Set<string>} directories
 * @param {string} path
 */
function addParents(directories, path) {
  for (let i = path.indexOf('/'); i >= 0; i = path.indexOf('/', i + 1)) directories.add(path.slice(0, i));
}

/** @param {string} path */
function normalise(path) {
  /** @type {string[]} */
  const parts = [];
  for (const part of path.split('/')) {
    if (part === '..') parts.pop();
    else if (part !== '' && part !== '.') parts.push(part);
  }
  return parts.join('/');
}

/** A file that a program may write. The bytes of a layer are copied at the first write. */
class MemoryFile {
  /**
   * @param {Uint8Array} bytes
   * @param {boolean} shared
   */
  constructor(bytes, shared) {
    this.data = bytes;
    this.length = bytes.length;
    this.shared = shared;
  }

  get bytes() {
    return this.data.subarray(0, this.length);
  }

  /** @param {number} length */
  reserve(length) {
    if (!this.shared && length <= this.data.length) return;
    const room = new Uint8Array(Math.max(length, 2 * this.data.length, 4096));
    room.set(this.bytes);
    this.data = room;
    this.shared = false;
  }

  /** @param {number} length */
  resize(length) {
    this.reserve(length);
    if (length > this.length) this.data.fill(0, this.length, length);
    this.length = length;
  }

  /**
   * @param {number} at
   * @param {Uint8Array} bytes
   */
  write(at, bytes) {
    if (at > this.length) this.resize(at);
    this.reserve(at + bytes.length);
    this.data.set(bytes, at);
    this.length = Math.max(this.length, at + bytes.length);
  }
}

/**
 * @typedef {{kind: 'input'} | {kind: 'output', stream: number} | {kind: 'directory', path: string}
 *         | {kind: 'file', path: string, file: MemoryFile, at: number, append: boolean}} Descriptor
 */

export class Wasi {
  /**
   * @param {object} options
   * @param {string[]} [options.args]
   * @param {FileLayer[]} [options.layers] the first that has a path wins
   * @param {Record<string, Uint8Array | string>} [options.files] in front of the layers
   * @param {(stream: number, bytes: Uint8Array) => void} [options.output] what is written to stream 1 or 2; the bytes
   *   are the callee's
   * @param {boolean} [options.makesFiles] whether the program may; they live in this host's memory
   */
  constructor({ args = [], layers = [], files = {}, output = () => {}, makesFiles = true }) {
    this.args = args;
    this.makesFiles = makesFiles;
    this.layers = layers;
    this.output = output;
    /** @type {Map<string, MemoryFile>} */
    this.files = new Map();
    this.directories = new Set(['', 'tmp']);
    for (const [path, data] of Object.entries(files)) {
      this.files.set(path, new MemoryFile(typeof data === 'string' ? encoder.encode(data) : data, true));
      addParents(this.directories, path);
    }
    /** @type {(Descriptor | undefined)[]} */
    this.descriptors = [
      { kind: 'input' },
      { kind: 'output', stream: 1 },
      { kind: 'output', stream: 2 },
      { kind: 'directory', path: '' },
    ];
    /** @type {Map<string, bigint>} */
    this.inodes = new Map();
    this.random = 0x2545f491;
    /** @type {WebAssembly.Memory | null} */
    this.memory = null;
    this.view = new DataView(new ArrayBuffer(0));
    this.heap = new Uint8Array(0);
  }

  /**
   * The import object of `module`: what this host knows, and for the rest of WASI a function that answers "not here".
   * @param {WebAssembly.Module} module
   */
  importsFor(module) {
    const known = this.#functions();
    for (const { module: from, name, kind } of WebAssembly.Module.imports(module))
      if (from === 'wasi_snapshot_preview1' && kind === 'function') known[name] ??= () => ENOSYS;
    return { wasi_snapshot_preview1: known };
  }

  /** @param {WebAssembly.Exports} exports of the instance that was made with these imports */
  attach(exports) {
    this.memory = /** @type {WebAssembly.Memory} */ (exports.memory);
  }

  /**
   * @param {string} path
   * @returns {Uint8Array | null} what the program wrote there
   */
  read(path) {
    return this.files.get(path)?.bytes ?? null;
  }

  /** Memory may have grown since the last call: then every older view is empty. */
  #refresh() {
    const buffer = /** @type {WebAssembly.Memory} */ (this.memory).buffer;
    if (this.view.buffer === buffer) return;
    this.view = new DataView(buffer);
    this.heap = new Uint8Array(buffer);
  }

  /**
   * @param {string} path
   * @returns {MemoryFile | null}
   */
  #find(path) {
    const own = this.files.get(path);
    if (own) return own;
    for (const layer of this.layers) {
      const bytes = layer.files.get(path);
      if (bytes) return new MemoryFile(bytes, true);
    }
    return null;
  }

  /** @param {string} path */
  #isDirectory(path) {
    return this.directories.has(path) || this.layers.some((layer) => layer.directories.has(path));
  }

  /** @param {Descriptor} descriptor */
  #open(descriptor) {
    let fd = ROOT_FD + 1;
    while (this.descriptors[fd]) fd++;
    this.descriptors[fd] = descriptor;
    return fd;
  }

  /**
   * The path that a call names: relative to directory `fd`, `length` bytes at `address`. Null if fd is no directory.
   * @param {number} fd
   * @param {number} address
   * @param {number} length
   */
  #path(fd, address, length) {
    const directory = this.descriptors[fd];
    if (directory?.kind !== 'directory') return null;
    return normalise(`${directory.path}/${decoder.decode(this.heap.slice(address, address + length))}`);
  }

  /**
   * @param {number} address
   * @param {number} count
   * @returns {Uint8Array[]} the parts of memory that an iovec array names
   */
  #vectors(address, count) {
    const parts = [];
    for (let i = 0; i < count; i++) {
      const start = this.view.getUint32(address + 8 * i, true);
      parts.push(this.heap.subarray(start, start + this.view.getUint32(address + 8 * i + 4, true)));
    }
    return parts;
  }

  /**
   * @param {MemoryFile} file
   * @param {number} at
   * @param {Uint8Array[]} parts
   * @returns {number} bytes read
   */
  #readInto(file, at, parts) {
    const start = at;
    for (const part of parts) {
      const chunk = file.bytes.subarray(at, at + part.length);
      part.set(chunk);
      at += chunk.length;
      if (chunk.length < part.length) break;
    }
    return at - start;
  }

  /**
   * @param {number} address of a filestat
   * @param {number} type
   * @param {string | null} path
   * @param {number} size
   */
  #putStat(address, type, path, size) {
    this.heap.fill(0, address, address + 64);
    if (path !== null) {
      if (!this.inodes.has(path)) this.inodes.set(path, BigInt(this.inodes.size + 1));
      this.view.setBigUint64(address + 8, /** @type {bigint} */ (this.inodes.get(path)), true);
    }
    this.view.setUint8(address + 16, type);
    this.view.setBigUint64(address + 24, 1n, true);
    this.view.setBigUint64(address + 32, BigInt(size), true);
    return OK;
  }

  /**
   * @param {number} pointers
   * @param {number} buffer
   */
  #putArgs(pointers, buffer) {
    for (const arg of this.args) {
      const bytes = encoder.encode(`${arg}\0`);
      this.view.setUint32(pointers, buffer, true);
      this.heap.set(bytes, buffer);
      pointers += 4;
      buffer += bytes.length;
    }
    return OK;
  }

  /**
   * Pseudo-random and the same in every run, so that a run can be repeated.
   * @param {number} address
   * @param {number} length
   */
  #putRandom(address, length) {
    for (let i = 0; i < length; i++) {
      this.random ^= this.random << 13;
      this.random ^= this.random >>> 17;
      this.random ^= this.random << 5;
      this.heap[address + i] = this.random;
    }
    return OK;
  }

  /** @type {(fd: number, vectors: number, count: number, out: number) => number} */
  #fdRead(fd, vectors, count, out) {
    const from = this.descriptors[fd];
    if (!from) return EBADF;
    if (from.kind === 'directory') return EISDIR;
    let length = 0;
    if (from.kind === 'file') {
      length = this.#readInto(from.file, from.at, this.#vectors(vectors, count));
      from.at += length;
    }
    this.view.setUint32(out, length, true); /* standard input is always at its end */
    return OK;
  }

  /** @type {(fd: number, vectors: number, count: number, out: number) => number} */
  #fdWrite(fd, vectors, count, out) {
    const to = this.descriptors[fd];
    if (to?.kind !== 'output' && to?.kind !== 'file') return EBADF;
    let length = 0;
    for (const part of this.#vectors(vectors, count)) {
      if (to.kind === 'output') {
        if (part.length > 0) this.output(to.stream, part.slice());
      } else {
        if (to.append) to.at = to.file.length;
        to.file.write(to.at, part);
        to.at += part.length;
      }
      length += part.length;
    }
    this.view.setUint32(out, length, true);
    return OK;
  }

  /** @type {(fd: number, offset: bigint, whence: number, out: number) => number} */
  #fdSeek(fd, offset, whence, out) {
    const of = this.descriptors[fd];
    if (!of) return EBADF;
    if (of.kind !== 'file') return ESPIPE;
    const at = Number(offset) + [0, of.at, of.file.length][whence];
    if (!(at >= 0)) return EINVAL;
    of.at = at;
    this.view.setBigUint64(out, BigInt(at), true);
    return OK;
  }

  /** @type {(path: string, create: number, flags: number, out: number) => number} */
  #pathOpen(path, create, flags, out) {
    if (this.#isDirectory(path)) {
      this.view.setUint32(out, this.#open({ kind: 'directory', path }), true);
      return OK;
    }
    let file = this.#find(path);
    if (create & OPEN_DIRECTORY) return file ? ENOTDIR : ENOENT;
    if (file && create & OPEN_CREATE && create & OPEN_EXCLUSIVE) return EEXIST;
    if (!file && !(create & OPEN_CREATE && this.makesFiles)) return ENOENT;
    if (!file || create & OPEN_TRUNCATE) {
      file = new MemoryFile(new Uint8Array(0), false);
      this.files.set(path, file);
      addParents(this.directories, path);
    }
    const append = (flags & FLAG_APPEND) !== 0;
    this.view.setUint32(out, this.#open({ kind: 'file', path, file, at: 0, append }), true);
    return OK;
  }

  /** @type {(from: string, to: string) => number} */
  #rename(from, to) {
    const file = this.files.get(from);
    if (!file) return ENOENT;
    this.files.delete(from);
    this.files.set(to, file);
    return OK;
  }

  /** @returns {Record<string, Function>} every call, looking at memory as it is when the call is made */
  #functions() {
    /** @type {(call: Function) => Function} */
    const fresh =
      (call) =>
      (/** @type {any[]} */ ...args) => {
        this.#refresh();
        return call(...args);
      };
    /** @type {(call: (path: string, ...rest: any[]) => number) => Function} */
    const onPath =
      (call) =>
      (
        /** @type {number} */ fd,
        /** @type {number} */ address,
        /** @type {number} */ length,
        /** @type {any[]} */ ...rest
      ) => {
        const path = this.#path(fd, address, length);
        return path === null ? EBADF : call(path, ...rest);
      };
    /** @type {Record<string, Function>} */
    const calls = {
      args_get: (/** @type {number} */ pointers, /** @type {number} */ buffer) => this.#putArgs(pointers, buffer),
      args_sizes_get: (/** @type {number} */ count, /** @type {number} */ bytes) => {
        this.view.setUint32(count, this.args.length, true);
        this.view.setUint32(
          bytes,
          this.args.reduce((sum, arg) => sum + encoder.encode(arg).length + 1, 0),
          true,
        );
        return OK;
      },
      environ_get: () => OK,
      environ_sizes_get: (/** @type {number} */ count, /** @type {number} */ bytes) => {
        this.view.setUint32(count, 0, true);
        this.view.setUint32(bytes, 0, true);
        return OK;
      },
      clock_time_get: (/** @type {number} */ id, /** @type {bigint} */ _precision, /** @type {number} */ out) => {
        const ms = id === 0 ? Date.now() : performance.now();
        this.view.setBigUint64(out, BigInt(Math.round(ms * 1e6)), true);
        return OK;
      },
      clock_res_get: (/** @type {number} */ _id, /** @type {number} */ out) => {
        this.view.setBigUint64(out, 1000n, true);
        return OK;
      },
      random_get: (/** @type {number} */ address, /** @type {number} */ length) => this.#putRandom(address, length),
      proc_exit: (/** @type {number} */ code) => {
        throw new WasiExit(code);
      },
      sched_yield: () => OK,
      fd_close: (/** @type {number} */ fd) => {
        if (!this.descriptors[fd]) return EBADF;
        this.descriptors[fd] = undefined;
        return OK;
      },
      fd_fdstat_get: (/** @type {number} */ fd, /** @type {number} */ out) => {
        const of = this.descriptors[fd];
        if (!of) return EBADF;
        this.heap.fill(0, out, out + 24);
        this.view.setUint8(out, typeOf(of));
        /* Without the right to seek, isatty() says yes, and stdio then writes line by line. */
        this.view.setBigUint64(out + 8, of.kind === 'output' ? ALL_RIGHTS & ~0x24n : ALL_RIGHTS, true);
        this.view.setBigUint64(out + 16, ALL_RIGHTS, true);
        return OK;
      },
      fd_fdstat_set_flags: () => OK,
      fd_filestat_get: (/** @type {number} */ fd, /** @type {number} */ out) => {
        const of = this.descriptors[fd];
        if (!of) return EBADF;
        const path = 'path' in of ? of.path : null;
        return this.#putStat(out, typeOf(of), path, of.kind === 'file' ? of.file.length : 0);
      },
      fd_filestat_set_size: (/** @type {number} */ fd, /** @type {bigint} */ size) => {
        const of = this.descriptors[fd];
        if (of?.kind !== 'file') return EBADF;
        of.file.resize(Number(size));
        return OK;
      },
      fd_filestat_set_times: () => OK,
      fd_prestat_get: (/** @type {number} */ fd, /** @type {number} */ out) => {
        if (fd !== ROOT_FD) return EBADF;
        this.view.setUint32(out, 0, true);
        this.view.setUint32(out + 4, 1, true);
        return OK;
      },
      fd_prestat_dir_name: (/** @type {number} */ _fd, /** @type {number} */ out) => {
        this.view.setUint8(out, '/'.charCodeAt(0));
        return OK;
      },
      fd_read: this.#fdRead.bind(this),
      fd_pread: (
        /** @type {number} */ fd,
        /** @type {number} */ vectors,
        /** @type {number} */ count,
        /** @type {bigint} */ at,
        /** @type {number} */ out,
      ) => {
        const from = this.descriptors[fd];
        if (from?.kind !== 'file') return EBADF;
        this.view.setUint32(out, this.#readInto(from.file, Number(at), this.#vectors(vectors, count)), true);
        return OK;
      },
      fd_write: this.#fdWrite.bind(this),
      fd_seek: this.#fdSeek.bind(this),
      fd_readdir: (
        /** @type {number} */ _fd,
        /** @type {number} */ _buffer,
        /** @type {number} */ _length,
        /** @type {bigint} */ _cookie,
        /** @type {number} */ out,
      ) => {
        this.view.setUint32(out, 0, true);
        return OK;
      },
      path_open: (
        /** @type {number} */ fd,
        /** @type {number} */ _lookup,
        /** @type {number} */ address,
        /** @type {number} */ length,
        /** @type {number} */ create,
        /** @type {bigint} */ _rights,
        /** @type {bigint} */ _inheriting,
        /** @type {number} */ flags,
        /** @type {number} */ out,
      ) => {
        const path = this.#path(fd, address, length);
        return path === null ? EBADF : this.#pathOpen(path, create, flags, out);
      },
      path_filestat_get: (
        /** @type {number} */ fd,
        /** @type {number} */ _lookup,
        /** @type {number} */ address,
        /** @type {number} */ length,
        /** @type {number} */ out,
      ) => {
        const path = this.#path(fd, address, length);
        if (path === null) return EBADF;
        if (this.#isDirectory(path)) return this.#putStat(out, TYPE_DIRECTORY, path, 0);
        const file = this.#find(path);
        return file ? this.#putStat(out, TYPE_FILE, path, file.length) : ENOENT;
      },
      path_create_directory: onPath((path) => {
        this.directories.add(path);
        return OK;
      }),
      path_unlink_file: onPath((path) => (this.files.delete(path) ? OK : ENOENT)),
      path_remove_directory: onPath((path) => (this.directories.delete(path) ? OK : ENOENT)),
      path_rename: (
        /** @type {number} */ fd,
        /** @type {number} */ address,
        /** @type {number} */ length,
        /** @type {number} */ newFd,
        /** @type {number} */ newAddress,
        /** @type {number} */ newLength,
      ) => {
        const from = this.#path(fd, address, length),
          to = this.#path(newFd, newAddress, newLength);
        return from === null || to === null ? EBADF : this.#rename(from, to);
      },
      path_readlink: () => EINVAL,
    };
    for (const [name, call] of Object.entries(calls)) calls[name] = fresh(call);
    return calls;
  }
}

/** @param {Descriptor} descriptor */
function typeOf(descriptor) {
  if (descriptor.kind === 'directory') return TYPE_DIRECTORY;
  return descriptor.kind === 'file' ? TYPE_FILE : TYPE_CHARACTER_DEVICE;
}
