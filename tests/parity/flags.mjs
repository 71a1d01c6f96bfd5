/* The page runs clang -cc1 and wasm-ld directly. Their flags are not stable between versions: this holds ours against
 * those that the driver of the pinned package would pass on, and names each difference.
 *
 * Usage: node flags.mjs */
import { loadCompiler } from '../../web/compiler/node.mjs';
import * as tools from '../../web/compiler/tools.js';

/** What the driver adds and we do without, each for a reason. */
const DRIVERS = [
  /^-gkey-instructions$/ /* steps of a debugger; traps need lines only */,
  /^-debugger-tuning=gdb$/ /* of no effect where no debug info is written */,
  /^-fcoverage-compilation-dir=/ /* coverage is not measured */,
  /^-fskip-odr-check-in-gmf$/ /* of C++ modules */,
  /^-fsanitize-merge=/ /* else all traps of a function may become one, and its line is lost */,
  /^-fno-sanitize-(memory-param-retval|address-use-odr-indicator)$/ /* of sanitizers that are not in use */,
  /^-ferror-limit 19$/ /* our own files have no errors, or the build ends */,
];

/** What we add, which the driver does not pass on or refuses for this target. */
const OURS = [
  /^-fsanitize(-recover)?=kernel-address$/ /* the driver takes it for kernels only */,
  /^-fno-builtin-(malloc|calloc|realloc|free)$/ /* allocations must stay calls */,
  /^-mllvm -asan-/ /* how src/checks/guard.c is called */,
  /^-fno-gnu-inline-asm$/ /* assembly would pass by the checks */,
  /^-mllvm -unroll-runtime=0$/ /* and are not written out where they are counted */,
  /^-mllvm -disable-loop-idiom-all$/ /* loops stay loops where they are counted */,
  /^-internal-isystem \/usr\/include\/laymanz$/ /* the library's headers count as the system's */,
];

/** Of wasm-ld: where the memory's parts lie, and what the guard wraps. */
const OURS_LINKING = [
  /^-z stack-size=\d+$/,
  /^--stack-first$/,
  /^--global-base=\d+$/,
  /^--max-memory=\d+$/,
  /^--wrap=\w+$/,
  /^--export=__stack_pointer$/,
  /^--trace-symbol=\w+$/ /* whether the learner's file defines main */,
];

/** Options whose value is the next word. */
const PAIRED = new Set(
  (
    '-triple -main-file-name -mrelocation-model -target-cpu -target-feature -resource-dir -isysroot -internal-isystem -mllvm ' +
    '-ferror-limit -o -x -m --entry -z -D -I'
  ).split(' '),
);

/** @param {string[]} words @returns {string[]} one entry for each option, with its value */
function options(words) {
  const all = [];
  for (let i = 0; i < words.length; i++)
    if (PAIRED.has(words[i])) all.push(`${words[i]} ${words[++i]}`);
    else all.push(words[i].replace(/^-([DI])(?=.)/, '-$1 ')); /* -DNAME and -D NAME are one */
  return all;
}

const { llvm, system } = await loadCompiler();

/** What the driver would run, for a command of ours to it. */
function driven(...command) {
  const { err, code } = tools.runTool(llvm, [system], ['clang', '-###', '--target=wasm32-wasip1', ...command], {
    'main.c': '',
    'main.o': '',
  });
  const line = err.split('\n').find((one) => /^ *"/.test(one));
  if (code !== 0 || !line) throw new Error(`clang -### says: ${err}`);
  return [...line.matchAll(/"((?:[^"\\]|\\.)*)"/g)]
    .map((match) => match[1].replace(/\\(.)/g, '$1'))
    .filter((word) => word !== '');
}

let passed = 0,
  failed = 0;
/** @type {Set<RegExp>} the differences that were met */
const used = new Set();

/**
 * @param {string} name
 * @param {string[]} ours
 * @param {string[]} drivers
 * @param {RegExp[]} added what is ours alone
 */
function compare(name, ours, drivers, added) {
  const mine = new Set(options(ours)),
    theirs = new Set(options(drivers));
  const explained = (/** @type {RegExp[]} */ patterns, /** @type {string} */ option) => {
    const pattern = patterns.find((one) => one.test(option));
    if (pattern) used.add(pattern);
    return pattern !== undefined;
  };
  const problems = [
    ...[...mine]
      .filter((one) => !theirs.has(one) && !explained(added, one))
      .map((one) => `the driver does not pass ${one}`),
    ...[...theirs].filter((one) => !mine.has(one) && !explained(DRIVERS, one)).map((one) => `we do not pass ${one}`),
  ];
  problems.length === 0 ? passed++ : failed++;
  console.log(
    `${problems.length === 0 ? 'ok  ' : 'FAIL'} ${name}${problems.length > 0 ? `: ${problems.join('; ')}` : ''}`,
  );
}

const { checkedFlags, fastFlags, linkFlags, objectFlags, syntaxFlags } = tools;
const COMMON = ['-std=c11', '-msimd128', '-ffp-contract=off', '-fvisibility=hidden'];
const isOption = (/** @type {string} */ word) => /^-(W|fno-finite-loops|fdiagnostics-(parseable|print))/.test(word);
const learners = (/** @type {string[]} */ flags) => flags.filter(isOption);
const sanitize = (/** @type {string[]} */ flags) => flags.filter((word) => /^-fsanitize(-trap)?=(?!kernel)/.test(word));

const syntax = syntaxFlags('main.c');
compare('while typing', syntax, driven(...COMMON, '-fsyntax-only', ...learners(syntax), 'main.c'), OURS);

const checked = checkedFlags('main.c', 'main.o');
compare(
  'for the checks',
  checked,
  driven(
    ...COMMON,
    '-O1',
    '-g',
    '-gdwarf-4',
    ...learners(checked),
    ...sanitize(checked),
    '-c',
    'main.c',
    '-o',
    'main.o',
  ),
  OURS,
);

const fast = fastFlags('main.c', 'main.o');
compare(
  'for speed',
  fast,
  driven(...COMMON, '-O2', '-fno-vectorize', '-fno-slp-vectorize', ...learners(fast), '-c', 'main.c', '-o', 'main.o'),
  OURS,
);

const object = objectFlags('main.c', 'main.o', ['src']);
compare(
  'for the library',
  object,
  driven(...COMMON, '-O2', '-DNDEBUG', '-Wall', '-Wextra', '-Isrc', '-c', 'main.c', '-o', 'main.o'),
  OURS,
);

const linked = linkFlags(['main.o'], 'a.wasm');
compare('for the linker', linked, driven('-mexec-model=reactor', 'main.o', '-o', 'a.wasm', '-lm'), OURS_LINKING);

for (const pattern of [...DRIVERS, ...OURS, ...OURS_LINKING])
  if (!used.has(pattern)) {
    failed++;
    console.log(`FAIL ${pattern}: this difference is not there any more; drop it`);
  }
console.log(`${passed} passed, ${failed} failed`);
if (failed > 0) process.exitCode = 1;
