/* LLVM's tools (clang -cc1, wasm-ld, ar, symbolizer) are one WASI program. This runs them, and holds the flags.
 * The flags are those that the driver of this very version passes on ("clang -###"), plus ours; they are not stable
 * between versions, which is why the package is pinned. */
import { Wasi, WasiExit } from './wasi.js';

/** @typedef {import('./wasi.js').FileLayer} FileLayer */

/**
 * How a learner's program lies in memory, in bytes; src/checks/guard.c knows the same figures. The stack is at the bottom,
 * so that an overrun goes below address 0 and traps; then the map of what may be used; then data and heap.
 */
const MEMORY = { stack: 1 << 20, map: 1 << 20, data: 3 << 20, all: 16 << 20 };
const LAB_MEMORY = 128 << 20;

/** Undefined behaviour that stops the program where it happens, with the reason in the debug info. */
const UNDEFINED_BEHAVIOUR = [
  'alignment',
  'array-bounds',
  'bool',
  'builtin',
  'enum',
  'float-cast-overflow',
  'integer-divide-by-zero',
  'nonnull-attribute',
  'null',
  'object-size',
  'pointer-overflow',
  'return',
  'returns-nonnull-attribute',
  'shift-base',
  'shift-exponent',
  'signed-integer-overflow',
  'unreachable',
  'vla-bound',
].join(',');

/**
 * Quiet on a right answer: a starter's unused parameters are no fault of the learner's, and `int i` against a `size_t n`
 * is no mistake at the sizes that are met here. A hidden variable and a forgotten `break` are.
 */
const WARNINGS = [
  '-Wall',
  '-Wextra',
  '-Wshadow',
  '-Wimplicit-fallthrough',
  ...['unused-parameter', 'sign-compare', 'missing-field-initializers'].map(
    (name) => `-Wno-${name}`,
  ),
];

/**
 * Addresses are tested by calls to src/checks/guard.c before each load and store. The driver knows this mode for kernels
 * only; it fits because the runtime is one's own. Allocations must not be optimised away.
 */
const ADDRESSES = [
  '-fsanitize=kernel-address',
  '-fsanitize-recover=kernel-address',
  ...['malloc', 'calloc', 'realloc', 'free'].map((name) => `-fno-builtin-${name}`),
  ...[
    'instrumentation-with-call-threshold=0',
    `mapping-offset=${MEMORY.map}`,
    'mapping-scale=3',
    'kernel-mem-intrinsic-prefix=1',
    'max-inline-poisoning-size=0',
    'globals=1',
    'stack=1',
  ].flatMap((option) => ['-mllvm', `-asan-${option}`]),
];
const WRAPPED = ['malloc', 'calloc', 'realloc', 'aligned_alloc', 'free'];

/** The names that clang gives a main of one kind or another. wasm-ld tells where each is defined. */
const MAINS = ['main', '__main_void', '__main_argc_argv'];

const LIBRARY_HEADERS = '/usr/include/laymanz';

/** @param {string} source */
const common = (source) => [
  'clang',
  '-cc1',
  '-triple',
  'wasm32-unknown-wasip1',
  '-disable-free',
  '-clear-ast-before-backend',
  '-main-file-name',
  source,
  '-mrelocation-model',
  'static',
  '-mframe-pointer=none',
  '-ffp-contract=off',
  '-fno-rounding-math',
  '-mconstructor-aliases',
  '-target-cpu',
  'generic',
  '-target-feature',
  '+simd128',
  '-fvisibility=hidden',
  '-resource-dir',
  '/usr',
  '-isysroot',
  '/usr',
  '-internal-isystem',
  '/usr/include',
  '-internal-isystem',
  '/usr/include/wasm32-wasip1',
  '-std=c11',
  '-fgnuc-version=4.2.1',
  '-fdebug-compilation-dir=/',
];

/* -fno-finite-loops: else clang may delete an endless loop, and the learner sees a wrong answer in its place. */
const LEARNERS = [
  '-fno-finite-loops',
  '-fno-gnu-inline-asm',
  '-internal-isystem',
  LIBRARY_HEADERS,
  ...WARNINGS,
  '-ferror-limit',
  '19',
  '-fdiagnostics-parseable-fixits',
  '-fdiagnostics-print-source-range-info',
];

/**
 * Only the diagnostics of a learner's file.
 * @param {string} source
 */
export const syntaxFlags = (source) => [...common(source), '-fsyntax-only', ...LEARNERS, '-x', 'c', source];

/**
 * A learner's file, checked: undefined behaviour and wrong addresses trap, and each trap leads back to a line.
 * @param {string} source
 * @param {string} object
 */
export const checkedFlags = (source, object) => [
  ...common(source),
  '-O1',
  '-emit-obj',
  ...LEARNERS,
  '-debug-info-kind=constructor',
  '-dwarf-version=4',
  '-debugger-tuning=gdb',
  `-fsanitize=${UNDEFINED_BEHAVIOUR}`,
  `-fsanitize-trap=${UNDEFINED_BEHAVIOUR}`,
  ...ADDRESSES,
  '-o',
  object,
  '-x',
  'c',
  source,
];

/**
 * A learner's file for speed, without checks: to time it, and to count what it computes. Loops stay as they are written:
 * calls of memcpy and memset in their place would not be counted, nor four stores of an unrolled loop that become one.
 * @param {string} source
 * @param {string} object
 */
export const fastFlags = (source, object) => [
  ...common(source),
  '-O2',
  '-emit-obj',
  ...LEARNERS,
  '-mllvm',
  '-disable-loop-idiom-all',
  '-mllvm',
  '-unroll-runtime=0',
  '-o',
  object,
  '-x',
  'c',
  source,
];

/**
 * A learner's function inside a lab, which calls it for every frame, on tens of thousands of numbers. So it is compiled
 * for speed, and of the checks only the cheap ones stay: undefined behaviour still traps, with its line. Addresses are
 * not tested: the lab's arrays lie side by side in one block, where a guard sees little, and the challenge's own checks
 * have tested them.
 * @param {string} source
 * @param {string} object
 */
export const drivingFlags = (source, object) => [
  ...common(source),
  '-O2',
  '-emit-obj',
  ...LEARNERS,
  '-debug-info-kind=constructor',
  '-dwarf-version=4',
  '-debugger-tuning=gdb',
  `-fsanitize=${UNDEFINED_BEHAVIOUR}`,
  `-fsanitize-trap=${UNDEFINED_BEHAVIOUR}`,
  '-o',
  object,
  '-x',
  'c',
  source,
];

/**
 * A file of ours: the library, the checks.
 * @param {string} source
 * @param {string} object
 * @param {string[]} include
 */
export const objectFlags = (source, object, include) => [
  ...common(source),
  '-O2',
  '-emit-obj',
  '-vectorize-loops',
  '-vectorize-slp',
  '-DNDEBUG',
  '-Wall',
  '-Wextra',
  ...include.flatMap((path) => ['-I', path]),
  '-o',
  object,
  '-x',
  'c',
  source,
];

/**
 * The same, where a multiplication and an addition may be rounded once: for kernels, which then tell themselves by
 * __wasm_relaxed_simd__. They are a tenth faster by -O3 than by -O2.
 * @param {string} source
 * @param {string} object
 * @param {string[]} include
 */
export const relaxedFlags = (source, object, include) => [
  ...objectFlags(source, object, include).map((flag) => (flag === '-O2' ? '-O3' : flag)),
  '-target-feature',
  '+relaxed-simd',
];

/**
 * The same for size: for the labs in a module that is fetched.
 * @param {string} source
 * @param {string} object
 * @param {string[]} include
 */
export const smallFlags = (source, object, include) =>
  objectFlags(source, object, include).map((flag) => (flag === '-O2' ? '-Os' : flag));

/**
 * With the address guard, which needs its file among the inputs.
 * @param {string[]} inputs objects and archives, in the order in which definitions are looked for
 * @param {string} out
 */
export const linkFlags = (inputs, out) => [
  ...fastLinkFlags(inputs, out),
  ...WRAPPED.map((name) => `--wrap=${name}`),
];

/**
 * @param {string[]} inputs
 * @param {string} out
 */
export const fastLinkFlags = (inputs, out) => [
  ...linkCommand(inputs, out),
  `--global-base=${MEMORY.data}`,
  `--max-memory=${MEMORY.all}`,
];

/**
 * A lab's module: with the labs' exports, and memory for the largest lab.
 * @param {string[]} inputs
 * @param {string} out
 */
export const labLinkFlags = (inputs, out) => [
  ...linkCommand(inputs, out),
  '--undefined=wasm_open',
  `--max-memory=${LAB_MEMORY}`,
];

/**
 * @param {string[]} inputs
 * @param {string} out
 */
const linkCommand = (inputs, out) => [
  'wasm-ld',
  '-m',
  'wasm32',
  '-L/usr/lib/wasm32-unknown-wasip1',
  '-L/usr/lib/wasm32-wasip1',
  '/usr/lib/wasm32-wasip1/crt1-reactor.o',
  '--entry',
  '_initialize',
  ...inputs,
  '-lc',
  '-lm',
  '/usr/lib/wasm32-unknown-wasip1/libclang_rt.builtins.a',
  '-z',
  `stack-size=${MEMORY.stack}`,
  '--stack-first',
  '--export=__stack_pointer',
  ...MAINS.map((name) => `--trace-symbol=${name}`),
  '-o',
  out,
];

/**
 * @typedef {object} ToolResult
 * @property {number} code 0 if the tool was content
 * @property {string} out what it wrote to standard output
 * @property {string} err what it wrote to standard error
 * @property {(path: string) => Uint8Array | null} read a file that it wrote
 */

/**
 * Runs one tool to its end, in an instance of its own: LLVM keeps state between calls.
 * @param {WebAssembly.Module} llvm
 * @param {FileLayer[]} layers
 * @param {string[]} command
 * @param {Record<string, Uint8Array | string>} files
 * @returns {ToolResult}
 */
export function runTool(llvm, layers, command, files) {
  const text = ['', '', ''];
  const decoders = [1, 2].map(() => new TextDecoder());
  const wasi = new Wasi({
    args: ['llvm', ...command],
    layers,
    files,
    output: (stream, bytes) => {
      text[stream] += decoders[stream - 1].decode(bytes, { stream: true });
    },
  });
  const instance = new WebAssembly.Instance(llvm, wasi.importsFor(llvm));
  wasi.attach(instance.exports);
  let code = 0;
  try {
    /** @type {Function} */ (instance.exports._start)();
  } catch (error) {
    if (!(error instanceof WasiExit)) throw error;
    code = error.code;
  }
  return { code, out: text[1], err: text[2], read: (path) => wasi.read(path) };
}
