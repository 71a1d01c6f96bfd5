/* The command line as a person uses it: every command and every error.
 *
 * Usage: node cli.mjs PROGRAM */
import assert from 'node:assert/strict';
import { spawn, spawnSync } from 'node:child_process';
import { cpSync, existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, dirname, join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { leaksAreFound } from './native-checks.mjs';

const program = resolve(process.argv[2]);
const root = resolve(dirname(fileURLToPath(import.meta.url)), '../..');
const folder = mkdtempSync(join(tmpdir(), 'laymanz cli-')); // the space is on purpose
const scratch = join(folder, 'tmp'); // the program's own TMPDIR: it must be empty after every run
mkdirSync(scratch);
const env = { ...process.env, LAYMANZ_HOME: root, TMPDIR: scratch };

/** Runs the program; its status, standard output and error. */
function run(args, more = {}) {
  const { status, signal, stdout, stderr } = spawnSync(program, args, {
    env: { ...env, ...more },
    encoding: 'utf8',
    maxBuffer: 1 << 28,
  });
  return { status: status ?? signal, out: stdout, error: stderr };
}

/** The same for a command that must succeed and print JSON. */
function json(...args) {
  const { status, out, error } = run(args);
  assert.equal(status, 0, error);
  return JSON.parse(out);
}

/** Refused as wrong usage, with a sentence that says each of these. */
function refused(args, ...sayings) {
  const { status, out, error } = run(args);
  assert.equal(status, 2, `status ${status}`);
  assert.equal(out, '');
  assert.match(error, /^laymanz: .*\n$/);
  for (const saying of sayings) assert.ok(error.includes(saying), `"${error.trim()}" does not say "${saying}"`);
}

let passed = 0;
let failed = 0;
function test(name, body) {
  try {
    body();
    assert.deepEqual(readdirSync(scratch), [], 'something was left in TMPDIR');
    passed++;
  } catch (error) {
    failed++;
    console.log(`FAILED ${name}\n  ${String(error.message).split('\n').join('\n  ')}`);
    for (const left of readdirSync(scratch)) rmSync(join(scratch, left), { recursive: true });
  }
}

// --- Usage -----------------------------------------------------------------------------------------------------------

test('without a command it prints the overview, as wrong usage', () => {
  const { status, out } = run([]);
  assert.equal(status, 2);
  for (const command of ['labs', 'lab', 'challenges', 'start', 'check', 'fit', 'predict', 'metrics', 'drift', 'help', 'version'])
    assert.ok(out.includes(`laymanz ${command}`), command);
});

test('help explains every command', () => {
  assert.equal(run(['help']).status, 0);
  for (const command of ['labs', 'lab', 'challenges', 'start', 'check', 'fit', 'predict', 'metrics', 'drift']) {
    const { status, out } = run(['help', command]);
    assert.equal(status, 0);
    assert.ok(out.startsWith(`laymanz ${command}`), out);
    assert.equal(run([command, '--help']).out, out);
  }
  refused(['help', 'chek'], "no command named 'chek'", 'check');
});

test('version prints the version', () => {
  assert.match(run(['version']).out, /^laymanz \d+\.\d+\.\d+\n$/);
});

test('an unknown command names the nearest ones', () => {
  refused(['challenge'], "'challenge'", 'challenges', 'laymanz help');
});

// --- drift -----------------------------------------------------------------------------------------------------------

/** A file of these lines beside the program's TMPDIR; its path. */
function csvOf(name, lines) {
  const path = join(folder, name);
  writeFileSync(path, lines.join('\n'));
  return path;
}

const irisLines = readFileSync(join(root, 'lessons/data/iris.csv'), 'utf8').trim().split('\n');
const earlier = csvOf('earlier.csv', irisLines.slice(0, 101));
const later = csvOf('later.csv', [irisLines[0], ...irisLines.slice(51)]);

test('drift says what SciPy says', () => {
  const expected = JSON.parse(readFileSync(join(root, 'tests/golden/cli_drift.json'), 'utf8'));
  const { columns, notes } = json('drift', earlier, later, '--json');
  assert.deepEqual(notes, []);
  assert.deepEqual(Object.keys(columns), Object.keys(expected));
  for (const [column, figures] of Object.entries(expected))
    for (const [figure, value] of Object.entries(figures))
      assert.ok(Math.abs(columns[column][figure] - value) <= 1e-9 * Math.abs(value), `${column} ${figure}`);
  assert.match(run(['drift', earlier, later]).out, /^column .*\nsepal_length /);
});

test('drift notes the columns that it cannot compare', () => {
  const other = csvOf('other.csv', ['sepal_length,species,sepal_width,extra', 'a,b,,1', 'a,b,,2']);
  const { columns, notes } = json('drift', earlier, other, '--json');
  assert.deepEqual(Object.keys(columns), ['species']);
  for (const saying of ['numbers in one file', 'no value', 'not in the second', 'not in the first'])
    assert.ok(notes.some((note) => note.includes(saying)), saying);
});

test('drift refuses what it does not understand', () => {
  refused(['drift', earlier], 'two CSV files', 'laymanz help drift');
  refused(['drift', earlier, later, '--jsno'], '--jsno');
  refused(['drift', earlier, join(folder, 'none.csv')], 'none.csv', 'cannot be read');
  refused(['drift', earlier, csvOf('ragged.csv', ['a,b', '1'])], 'ragged.csv', 'line 2');
});

// --- labs ------------------------------------------------------------------------------------------------------------

const declared = json('labs', '--json');
const keys = {
  lab: 'name title question step_label steps steps_per_second source data csv model main_views params views readouts actions goals',
  params: 'name label unit kind min max initial step log live advanced group help choices',
  views: 'name title kind x y series code formula help measured pick wide ink_width ink_height absent',
  readouts: 'name label unit digits absent choices code formula help measured minor',
  actions: 'name label help',
  goals: 'name sentence preset',
};

test('labs --json declares every field of every lab', () => {
  assert.ok(declared.length >= 3);
  for (const lab of declared) {
    assert.deepEqual(Object.keys(lab), keys.lab.split(' '));
    assert.ok(existsSync(join(root, lab.source)), lab.source);
    for (const part of ['params', 'views', 'readouts', 'actions', 'goals']) {
      const names = lab[part].map((item) => item.name);
      assert.equal(new Set(names).size, names.length, `${lab.name}: a name twice in ${part}`);
      for (const item of lab[part]) assert.deepEqual(Object.keys(item), keys[part].split(' '));
    }
    for (const { name, kind, min, max, initial, choices } of lab.params) {
      assert.ok(['number', 'integer', 'choice', 'toggle'].includes(kind));
      assert.ok(min <= initial && initial <= max, `${lab.name} ${name}`);
      assert.equal(choices.length, kind === 'choice' ? max + 1 : 0);
    }
  }
});

test('labs lists the same labs and settings for reading', () => {
  const { status, out } = run(['labs']);
  assert.equal(status, 0);
  for (const { name, title, question, params } of declared)
    for (const text of [`${name}: ${title}`, question, ...params.map((param) => ` ${param.name}=`)])
      assert.ok(out.includes(text), text);
});

test('labs takes nothing else', () => refused(['labs', '--jsno'], '--jsno'));

// --- lab -------------------------------------------------------------------------------------------------------------

/** The arrays of a view that run over its rows. */
const columnsOf = (view) => Object.entries(view).filter(([key]) => !['grid', 'grids', 'edges'].includes(key));

function checkView(declaration, view) {
  const rows = columnsOf(view);
  for (const [key, values] of rows) {
    if (declaration.kind !== 'table') assert.equal(values.length, rows[0][1].length, `${declaration.name}.${key}`);
    for (const value of values)
      if (key === 'series' || key === 'label') assert.ok(value === null || typeof value === 'string');
      else assert.ok(value === null || Number.isFinite(value), `${declaration.name}.${key}: ${value}`);
  }
  assert.equal('series' in view, declaration.kind !== 'table' && declaration.series.length > 1 && ('x' in view || 'start' in view));
  const names = declaration.series.map((series) => series.name);
  for (const name of view.series ?? []) assert.ok(names.includes(name), name);
  for (const grid of [...(view.grids ?? []), ...(view.grid ? [view.grid] : [])])
    assert.equal(grid.value.length, grid.width * grid.height);
  if (declaration.kind === 'maps') assert.ok(Array.isArray(view.grids));
}

for (const lab of declared) {
  test(`${lab.name}: JSON has what it declares`, () => {
    const shown = json('lab', lab.name, '--json', '--steps', '3', '--seed', '7');
    assert.deepEqual(Object.keys(shown), 'lab params seed steps views readouts goals'.split(' '));
    assert.equal(shown.lab, lab.name);
    assert.equal(shown.seed, 7);
    assert.equal(shown.steps, 3);
    for (const { name, kind, initial, choices } of lab.params) {
      const expected = kind === 'choice' ? choices[initial].name : kind === 'toggle' ? ['off', 'on'][initial] : initial;
      assert.equal(shown.params[name], expected, name);
    }
    for (const part of ['params', 'views', 'readouts', 'goals'])
      assert.deepEqual(
        Object.keys(shown[part]),
        lab[part].map((item) => item.name),
      );
    for (const view of lab.views) checkView(view, shown.views[view.name]);
  });

  test(`${lab.name}: the same seed gives the same figures, another one others`, () => {
    const [first, again, other] = [7, 7, 8].map((seed) => {
      const shown = json('lab', lab.name, '--json', '--steps', '4', '--seed', String(seed));
      for (const item of [...lab.views, ...lab.readouts])
        if (item.measured) for (const part of ['views', 'readouts']) delete shown[part][item.name];
      return shown;
    });
    assert.deepEqual(first, again);
    assert.notDeepEqual(first.views, other.views);
  });

  test(`${lab.name}: CSV holds the numbers of the JSON`, () => {
    const args = ['lab', lab.name, '--steps', '3'];
    const shown = json(...args, '--json');
    const { status, out } = run([...args, '--format', 'csv']);
    assert.equal(status, 0);
    const blocks = Object.fromEntries(
      out
        .trimEnd()
        .split('\n\n')
        .map((block) => {
          const [head, ...lines] = block.split('\n');
          return [head.replace(/^# (view )?/, ''), lines];
        }),
    );
    assert.deepEqual(Object.keys(blocks), [...lab.views.map((view) => view.name), 'readouts', 'goals']);
    for (const view of lab.views.filter((item) => !item.measured)) {
      const [header, ...lines] = blocks[view.name];
      const columns = header.split(',');
      for (const key of ['x', 'y', 'start', 'end'].filter((name) => name in shown.views[view.name])) {
        const values = shown.views[view.name][key];
        const cells = lines.slice(0, values.length).map((line) => line.split(',')[columns.indexOf(key)]);
        assert.deepEqual(
          cells.map((cell) => (cell === '' ? null : Number(cell))),
          values,
          `${view.name}.${key}`,
        );
      }
    }
    for (const line of blocks.readouts.slice(1)) {
      const [name, value] = line.split(',');
      if (!lab.readouts.find((readout) => readout.name === name).measured)
        assert.ok(String(shown.readouts[name]) === value || shown.readouts[name] === Number(value), line);
    }
    for (const line of blocks.goals.slice(1)) {
      const [name, met] = line.split(',');
      assert.equal(met, String(shown.goals[name]));
    }
  });

  test(`${lab.name}: the table shows readouts and goals`, () => {
    const { status, out } = run(['lab', lab.name, '--steps', '3']);
    assert.equal(status, 0);
    for (const { name } of [...lab.readouts, ...lab.views]) assert.ok(out.includes(name), name);
    for (const { sentence } of lab.goals) assert.ok(out.includes(`] ${sentence}`), sentence);
  });

  test(`${lab.name}: no goal is met before the first step`, () => {
    const shown = json('lab', lab.name, '--json', '--steps', '0');
    assert.equal(shown.steps, 0);
    for (const [name, met] of Object.entries(shown.goals)) assert.equal(met, false, name);
  });
}

test('settings are told by name, and a number out of range is brought into it', () => {
  const args = ['lab', 'mlp-playground', '--json', '--steps', '1'];
  const { params } = json(...args, '--set', 'width=3', 'activation=tanh', '--set', 'one_batch=on');
  assert.deepEqual([params.width, params.activation, params.one_batch], [3, 'tanh', 'on']);
  const { status, out, error } = run([...args, '--set', 'width=1000']);
  assert.equal(status, 0);
  assert.equal(JSON.parse(out).params.width, 32);
  assert.match(error, /^laymanz: width is 32 here, not 1000/);
});

test('what cannot be understood is refused with a sentence', () => {
  refused(['lab'], 'needs a name');
  refused(['lab', 'batching'], "no lab named 'batching'", 'batching-queue');
  refused(['lab', 'batching-queue', '--set', 'max_bach=8'], "'max_bach'", 'max_batch');
  refused(['lab', 'batching-queue', '--set', 'max_batch'], 'key=value');
  refused(['lab', 'batching-queue', '--set', 'max_batch=many'], "max_batch cannot be 'many'");
  refused(['lab', 'batching-queue', '--set', 'service=quick'], 'fixed, exponential');
  refused(['lab', 'mlp-playground', '--set', 'one_batch=perhaps'], 'on or off');
  refused(['lab', 'batching-queue', '--set'], '--set needs a value');
  refused(['lab', 'batching-queue', '--seed', '-1'], '--seed');
  refused(['lab', 'batching-queue', '--seed', '1.5'], '--seed');
  refused(['lab', 'batching-queue', '--steps', '99999999999'], '--steps');
  refused(['lab', 'batching-queue', '--format', 'xml'], 'table, csv or json');
  refused(['lab', 'batching-queue', '--stepps', '3'], "'--stepps'", '--steps');
  refused(['lab', 'mlp-playground', '--do', 'keep_curv@3'], "'keep_curv'", 'keep_curve');
  refused(['lab', 'mlp-playground', '--do', 'keep_curve'], 'ACTION@STEP');
});

/** A 3 in characters, on a pad of 32 x 32 cells. */
const THREE = ['', '', '', '', '        .############', '        ###############', '                    ####', '                      ###',
  '                      ###', '                     ####', '             ###########', '             ##########', '                   #####',
  '                      ###', '                      ###', '                     ####', '       7###############', '        5###########5'].join('\n');

/** A file of that text, to be named on the command line. */
function namedFile(name, text) {
  const file = join(folder, name);
  writeFileSync(file, text);
  return file;
}

test('what is drawn in a file lies on the pad and is read', () => {
  const shown = json('lab', 'digits', '--steps', '15', '--json', '--draw', namedFile('three.txt', THREE));
  assert.equal(shown.readouts.pad_digit, 3);
  assert.equal(shown.views.pad.grids[0].label, 'Your drawing, and what the network gets of it.');
  assert.equal(shown.goals.your_hand, shown.readouts.pad_probability >= 0.99);
  refused(['lab', 'digits', '--draw', namedFile('wide.txt', '#'.repeat(33))], 'line 1', '32 lines of 32 cells');
  refused(['lab', 'digits', '--draw', namedFile('tall.txt', '\n'.repeat(32) + '#')], 'line 33');
  refused(['lab', 'digits', '--draw', namedFile('odd.txt', '..\n.x')], 'line 2', "not 'x'");
  refused(['lab', 'digits', '--draw', '/no/such/file'], 'cannot be read');
  refused(['lab', 'batching-queue', '--draw', namedFile('three.txt', THREE)], 'no pad');
});

test('a lab reads a file of the reader’s own, or says what is wrong with it', () => {
  const csv = readFileSync(join(root, 'lessons/data/digits.csv'), 'utf8').split('\n');
  const half = namedFile('half.csv', csv.slice(0, 900).join('\n'));
  assert.ok(json('lab', 'digits', '--json', '--steps', '10', '--data', half).readouts.test_accuracy > 0.85);
  const { status, error } = run(['lab', 'digits', '--data', namedFile('two.csv', 'a,b\n1,2\n')]);
  assert.equal(status, 1);
  assert.match(error, /2 columns; a digit is 64 pixels and its class, 65 in all/);
  refused(['lab', 'digits', '--data', '/no/such/file'], 'cannot be read');
  refused(['lab', 'batching-queue', '--data', half], 'reads no data file');
});

// --- Rows of one's own, and the model --------------------------------------------------------------------------------

/** Two classes that a ring tells apart; every fortieth row has a gap. */
const PEOPLE = ['id,height,weight,fits', ...Array.from({ length: 200 }, (_, i) => {
  const [a, b] = [(i * 37) % 41, (i * 23) % 29];
  return `${i + 1},${150 + a},${i % 40 === 7 ? '' : 55 + b},${(a - 20) ** 2 / 180 + (b - 14) ** 2 / 90 < 1 ? 'yes' : 'no'}`;
})].join('\n');

/** The middles of a grid's cells in 32-bit arithmetic, as the lab computes them. */
function gridPoints({ width, height, x0, x1, y0, y1 }) {
  const f = Math.fround;
  const middle = (low, high, i, n) => f(f(low) + f(f(f(f(high) - f(low)) * f(i + 0.5)) / n));
  return Array.from({ length: width * height }, (_, k) =>
    [middle(x0, x1, k % width, width), middle(y0, y1, Math.floor(k / width), height)]);
}

/** What the C header predicts for points, compiled by the system's compiler. */
function predictions(header, points) {
  const source = namedFile('use.c', `#include <stdio.h>\n#include "${basename(header)}"\nint main(void) {\n` +
    `  static const float x[][2] = {${points.map((point) => `{${point.map((v) => v.toExponential(8)).join('f, ')}f}`).join(', ')}};\n` +
    `  for (int i = 0; i < ${points.length}; i++) { float y[1]; predict(x[i], y); printf("%.9g\\n", (double)y[0]); }\n}\n`);
  const built = spawnSync('cc', ['-std=c11', '-Wall', '-Wextra', '-Werror', '-O2', '-ffp-contract=off', source, '-o', join(folder, 'use')],
    { encoding: 'utf8' });
  assert.equal(built.status, 0, built.stderr);
  return spawnSync(join(folder, 'use'), { encoding: 'utf8' }).stdout.trim().split('\n').map(Number);
}

test('a lab trains on a CSV of one’s own and says what it took', () => {
  const csv = namedFile('people.csv', PEOPLE);
  const { status, out, error } = run(['lab', 'mlp-playground', '--json', '--steps', '60', '--csv', csv]);
  assert.equal(status, 0, error);
  assert.equal(JSON.parse(out).params.data, 'csv');
  assert.ok(JSON.parse(out).readouts.test_accuracy > 0.85, out.slice(0, 200));
  assert.match(error, /x1 is the column height\n.*x2 is the column weight\n.*class is the column fits\n.*5 rows are left out/);
  const turned = run(['lab', 'mlp-playground', '--steps', '1', '--csv', csv, '--columns', 'x1=weight', 'x2=id']);
  assert.match(turned.error, /x1 is the column weight\n.*x2 is the column id\n/);
});

test('a CSV that cannot be used is refused by line and name', () => {
  const csv = namedFile('people.csv', PEOPLE);
  const says = (args, saying) => {
    const { status, error } = run(['lab', 'mlp-playground', '--steps', '1', ...args]);
    assert.equal(status, 1);
    assert.match(error, saying);
  };
  says(['--csv', namedFile('ragged.csv', 'a,b,c\n1,2\n')], /line 2 has 2 cells/);
  says(['--csv', csv, '--columns', 'x1=wieght'], /wieght/);
  says(['--csv', csv, '--columns', 'class=id'], /line 4: a third class in the column 'id'/);
  says(['--set', 'data=csv'], /needs a CSV file of your own/);
  refused(['lab', 'batching-queue', '--csv', csv], 'takes no file of your own');
  refused(['lab', 'mlp-playground', '--csv', '/no/such/file'], 'cannot be read');
  refused(['lab', 'mlp-playground', '--csv', csv, '--columns', 'x3=id'], "'x3'", 'x1');
  refused(['lab', 'mlp-playground', '--columns', 'x1'], 'WANTED=COLUMN');
  refused(['lab', 'mlp-playground', '--model', 'model.txt'], '.json or .h');
  refused(['lab', 'batching-queue', '--model', 'model.h'], 'no model to give away');
});

test('the model as JSON parses, whatever the file’s names hold', () => {
  const file = join(folder, 'model.json');
  const csv = namedFile('odd.csv', PEOPLE.replace('height', '"a ""*/ \\ b"'));
  assert.equal(run(['lab', 'mlp-playground', '--steps', '2', '--csv', csv, '--model', file]).status, 0);
  const model = JSON.parse(readFileSync(file, 'utf8'));
  assert.deepEqual([model.lab, model.seed, model.steps, model.settings.data], ['mlp-playground', 1, 2, 'csv']);
  assert.match(model.about, /x\[1\] the column weight/);
});

test('the model as a C header predicts what the lab shows, to the bit', () => {
  for (const settings of [['data=moons'], ['data=csv', 'normalisation=batch', 'activation=tanh', 'layers=3'],
    ['data=csv', 'normalisation=layer', 'activation=sigmoid', 'dropout=0.2']]) {
    const header = join(folder, 'model.h');
    const own = settings[0] === 'data=csv' ? ['--csv', namedFile('people.csv', PEOPLE)] : [];
    const shown = json('lab', 'mlp-playground', '--json', '--steps', '20', ...own, '--set', ...settings, '--model', header);
    const { width, height, x0, x1, y0, y1, value } = shown.views.decision_surface.grid;
    assert.deepEqual(predictions(header, gridPoints({ width, height, x0, x1, y0, y1 })).map(Math.fround), value.map(Math.fround));
  }
});

test('an action acts after its step, and one after the end is told', () => {
  const readouts = (...more) => json('lab', 'mlp-playground', '--json', '--steps', '5', ...more).readouts;
  assert.equal(readouts().gradient_error, -1);
  assert.ok(readouts('--do', 'check_gradient@2').gradient_error >= 0);
  assert.ok(readouts('--do', 'keep_curve@3', 'check_gradient@5').gradient_error >= 0);
  const { status, error } = run(['lab', 'mlp-playground', '--steps', '5', '--do', 'check_gradient@6']);
  assert.equal(status, 0);
  assert.match(error, /check_gradient@6 was not done: the run ended after 5 steps/);
});

test('a run that diverges prints what there is, with the error', () => {
  const args = 'lab mlp-playground --json --set optimiser=sgd learning_rate=10 activation=identity layers=4'.split(' ');
  const { status, out, error } = run(args);
  assert.equal(status, 1);
  assert.match(error, /^laymanz: mlp-playground: diverged/);
  const shown = JSON.parse(out);
  assert.match(shown.error, /diverged at step \d+/);
  assert.ok(shown.views.loss_by_epoch.x.length > 0);
});

test('a lab that ends by itself runs to its end', () => {
  const lab = declared.find((item) => item.name === 'learning-curve');
  const shown = json('lab', lab.name, '--json');
  assert.ok(shown.steps > 10 && shown.readouts.final_test_error > 0);
  assert.equal(json('lab', lab.name, '--json', '--steps', '100000').steps, shown.steps);
});

test('goals count when they were met on the way', () => {
  const met = (...more) => json('lab', 'batching-queue', '--json', ...more).goals.batching_is_faster;
  assert.equal(met(), false);
  assert.equal(met('--set', 'max_batch=8'), true);
});

// --- challenges ------------------------------------------------------------------------------------------------------

const challenges = json('challenges', '--json');

test('challenges --json has every challenge, and the list for reading too', () => {
  const { out } = run(['challenges']);
  assert.ok(challenges.length >= 2);
  for (const challenge of challenges) {
    assert.deepEqual(Object.keys(challenge), 'slug chapter title level minutes time_limit teaches signature drives'.split(' '));
    assert.ok(existsSync(join(root, 'lessons', challenge.chapter, 'challenges', challenge.slug, 'challenge.md')));
    assert.ok(challenge.level >= 1 && challenge.level <= 5 && challenge.minutes > 0);
    assert.ok(out.includes(challenge.slug) && out.includes(challenge.title));
    if (challenge.drives !== null)
      assert.ok(
        declared.some((lab) => lab.name === challenge.drives),
        challenge.drives,
      );
  }
});

test('without lessons it says where they should be', () => {
  const { status, error } = run(['challenges'], { LAYMANZ_HOME: folder });
  assert.equal(status, 1);
  assert.match(error, /there are no lessons in .*LAYMANZ_HOME/);
});

test('broken front matter names the file and what is missing', () => {
  const challenge = join(folder, 'home/lessons/01-x/challenges/some-thing');
  mkdirSync(challenge, { recursive: true });
  writeFileSync(join(challenge, 'challenge.md'), '---\ntitle: Some thing\nlevel: 9\n---\nDo it.\n');
  const { status, error } = run(['challenges'], { LAYMANZ_HOME: join(folder, 'home') });
  assert.equal(status, 1);
  assert.match(error, /challenge\.md: the front matter needs title, level \(1 to 5\)/);
});

// --- check -----------------------------------------------------------------------------------------------------------

/** The verdicts on a file. */
function check(slug, file, more = {}) {
  const { status, out, error } = run(['check', slug, file, '--json'], more);
  assert.equal(error, '');
  const told = JSON.parse(out);
  assert.equal(told.challenge, slug);
  assert.equal(told.passed + told.failed, told.checks.length);
  assert.equal(told.passed, told.checks.filter((item) => item.passed).length);
  for (const item of told.checks) {
    assert.deepEqual(Object.keys(item), 'name sentence hidden passed message warning'.split(' '));
    assert.equal(item.message === '', item.passed, `${item.name}: ${item.message}`);
  }
  assert.equal(status, told.compile_error === undefined && told.failed === 0 ? 0 : 1);
  return told;
}

// --- check: what learners' code does ---------------------------------------------------------------------------------

const HEAD = `#include <assert.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
void linear_predict(const float *X, size_t n, size_t d, const float *w, float b, float *out) {
    (void)X, (void)n, (void)d, (void)w, (void)b, (void)out; /* line 7; what a test adds is on line 8 */
`;

/** A file with this text; its path has a space in it. */
function fileOf(text) {
  const file = join(folder, 'my answer.c');
  writeFileSync(file, text);
  return file;
}
const answer = (body) => fileOf(`${HEAD}${body}\n}\n`);

/** What the checks say of an answer that goes wrong in all of them but perhaps `empty`. */
const firstMessage = (body, more) => check('linear-predict', answer(body), more).checks[0].message;

const faults = [
  ['signed overflow', 'int i = 2147483647; i += (int)n; out[0] = (float)i;', /Line 8: signed integer overflow/],
  ['division by zero', 'int z = (int)(n - n); out[0] = (float)(1 / z);', /Line 8: division by zero/],
  ['null pointer', 'float *p = NULL; p[n] = 1;', /Line 8: .*null pointer/],
  ['write after the end', 'out[n] = 1;', /Line 8: your code writes 4 bytes just past the end of a block of 8 bytes/],
  ['read before the start', 'out[0] = X[-1];', /Line 8: .* 4 bytes before the start of a block of 24/],
  ['local array', 'volatile float a[3]; for (size_t i = 0; i < n + 2; i++) a[i] = 1;', /Line 8: .*out of bounds/],
  ['use after free', 'float *p = malloc(8); free(p); out[0] = *(volatile float *)p;', /Line 8: .*was freed before/],
  ['double free', 'char *volatile p = malloc(8); free(p); free(p);', /Line 8: your code frees the same block twice/],
  ['float to int', 'out[0] = (float)(int)(1e20 * (double)n);', /Line 8: .*outside the range/],
  ['too much memory', 'volatile char *p = malloc(1u << 31); p[n] = 1;', /Line 8: .*null pointer/],
  ['exit', 'exit(0);', /your code ended the whole program with exit status 0/],
  ['abort', 'abort();', /your code called abort/],
  ['assert', 'assert(n > 99);', /your assertion failed: n > 99/],
];
const compilers = ['gcc', 'clang'].filter((name) => spawnSync(name, ['--version']).status === 0);
for (const [name, body, sentence] of faults)
  for (const CC of compilers)
    test(`a fault is told with its line: ${name}, ${CC}`, () => {
      const message = firstMessage(body, { CC });
      assert.match(message, /^Given X = \{\{1, 2, 3\}, \{4, 5, 7\}\}/);
      assert.match(message, sentence);
    });

test('one check that crashes does not hide the others', () => {
  const body = 'if (d == 4096) abort(); else for (size_t i = 0; i < n; i++) out[i] = b;';
  const { checks } = check('linear-predict', answer(body));
  assert.deepEqual(
    checks.filter((item) => item.passed).map((item) => item.name),
    ['shown_bias', 'empty'],
  );
  assert.match(checks.find((item) => item.name === 'large').message, /abort/);
});

test('every check runs with fresh state', () => {
  const { checks } = check('linear-predict', answer('static int calls; if (calls++ > 3) abort();'));
  for (const { message } of checks) assert.doesNotMatch(message, /abort/);
});

test('an endless loop is stopped at the limit', () => {
  const { checks } = check('linear-predict', answer('volatile int x = 1; while (d == 4096 && x) {}'));
  assert.match(
    checks.find((item) => item.name === 'large').message,
    /topped after 5 s: it did not end\. Is there a loop whose condition never becomes false\?$/,
  );
});

test('endless recursion is told as such', () => {
  const { checks } = check(
    'linear-predict',
    fileOf(`#include <stddef.h>
#pragma GCC diagnostic ignored "-Winfinite-recursion"
static int deep(volatile int n) { return deep(n + 1) + n; }
void linear_predict(const float *X, size_t n, size_t d, const float *w, float b, float *out) {
  (void)X, (void)d, (void)w, (void)b;
  if (n == 2) out[0] = (float)deep(1);
}
`),
  );
  assert.match(checks[0].message, /the stack is full/);
});

test('endless output is stopped', () => {
  const { checks } = check('linear-predict', answer('while (d == 4096) puts("again and again");'));
  assert.match(checks.find((item) => item.name === 'large').message, /printed more than 65536 bytes/);
});

test('what the answer prints is shown, in order, also before a crash', () => {
  const file = answer('puts("first"); fputs("second\\n", stderr); puts("third"); abort();');
  const { out } = run(['check', 'linear-predict', file]);
  assert.match(out, /\| first\n +\| second\n +\| third\n/);
});

test('a compile error is told with its line, in both forms', () => {
  const file = answer('out[0] = b');
  const told = check('linear-predict', file);
  assert.match(told.compile_error, /my answer\.c:8:.*error: expected ';'/);
  assert.deepEqual(told.checks, []);
  assert.match(run(['check', 'linear-predict', file]).out, /It does not compile\.\n[^]*error: expected ';'/);
});

test('a function that is nowhere declared does not compile', () => {
  assert.match(check('linear-predict', answer('nosuch(3);')).compile_error, /implicit declaration of function/);
});

test('what the linker finds is told in words', () => {
  const error = (text) => check('linear-predict', fileOf(text)).compile_error;
  assert.match(error('int x;\n'), /^Nothing defines linear_predict\. The challenge asks for: void linear_predict\(/);
  assert.match(error(''), /^Nothing defines linear_predict/);
  assert.match(error('int main(void) { return 0; }\nvoid linear_predict(void) {}\n'), /^Your file defines main/);
  assert.match(error('int check_cases;\nvoid linear_predict(void) {}\n'), /^Your file defines check_cases/);
});

test('garbage for a file gives a short error in valid JSON', () => {
  const bytes = Buffer.from(Array.from({ length: 3000 }, (_, i) => (i * i * 31 + i * 7) % 256));
  const file = join(folder, 'garbage.c');
  writeFileSync(file, bytes);
  assert.ok(check('linear-predict', file).compile_error.length < 20000);
});

test('wrong names and files are refused', () => {
  const file = answer('');
  refused(['check'], 'needs a challenge and a file');
  refused(['check', 'linear-predict'], 'needs a challenge and a file');
  refused(['check', 'linear-predikt', file], "'linear-predikt'", 'linear-predict');
  refused(['check', 'linear-predict', join(folder, 'nosuch.c')], 'cannot be read');
  refused(['check', 'linear-predict', folder], 'is not a file');
  refused(['check', 'linear-predict', file, 'another.c'], 'another.c');
});

test('without a compiler it says what to install', () => {
  const { status, error } = run(['check', 'linear-predict', answer('')], { CC: 'no-such-compiler' });
  assert.equal(status, 1);
  assert.match(error, /there is no C compiler; install gcc or clang/);
});

test('memory that is never freed is told with its line: a warning, or a failure', () => {
  if (!leaksAreFound(folder)) return;
  const file = answer(
    'puts("seen"); double *volatile p = malloc(24); p = NULL; for (size_t i = 0; i < n; i++) out[i] = b;',
  );
  const { checks } = check('linear-predict', file);
  const warned = checks.find((item) => item.name === 'shown_bias');
  assert.ok(warned.passed); // linear-predict does not say "leaks: fail"
  assert.match(warned.warning, /Line 8: your code never frees 2 blocks \(48 bytes\), and nothing points to them/);
  assert.equal(checks[0].warning, '');
  assert.match(run(['check', 'linear-predict', file]).out, /warning: Given .*: Line 8: your code never frees/);
  const solution = join(root, 'lessons/01-overview/challenges/latency-percentile/solution.c');
  const leaking = fileOf(readFileSync(solution, 'utf8').replace('free(sorted);', ''));
  const failed = check('latency-percentile', leaking).checks[0]; // and this one does
  assert.match(failed.message, /Line \d+: your code never frees 4 blocks \(160 bytes\)/);
});

test('what an answer may not call is told by name, and files are not found', () => {
  const calls = (text) =>
    check(
      'linear-predict',
      fileOf(`#include <stdlib.h>
#include <stdio.h>
void linear_predict(const float *X, size_t n, size_t d, const float *w, float b, float *out) {
  (void)X, (void)n, (void)d, (void)w, (void)b, (void)out; ${text}
}
`),
    ).checks[0].message;
  assert.match(calls('exit(system("true"));'), /your code calls system; an answer computes/);
  assert.match(calls('exit(fopen("/etc/passwd", "r") == NULL ? 5 : 6);'), /exit status 5/);
  assert.match(calls('exit(remove("answer.o") == -1 ? 7 : 8);'), /exit status 7/);
});

test('an answer gets no descriptors but its three', () => {
  const body = 'for (int i = 3; i < 64; i++) if (fdopen(i, "r") != NULL) exit(i); exit(99);';
  const told = check('linear-predict', fileOf(`#define _POSIX_C_SOURCE 200809L\n${HEAD}${body}\n}\n`));
  assert.match(told.checks[0].message, /exit status 99/);
});

// --- check --all -----------------------------------------------------------------------------------------------------

/** RFC 4180. */
function csv(text) {
  assert.ok(text.endsWith('\r\n'));
  const cell = /(?:"((?:[^"]|"")*)"|([^",\r\n]*))(,|\r\n)/gy;
  const rows = [[]];
  for (const [, quoted, plain, end] of text.matchAll(cell)) {
    rows.at(-1).push(quoted?.replaceAll('""', '"') ?? plain);
    if (end === '\r\n') rows.push([]);
  }
  const [head, ...body] = rows.slice(0, -1);
  return body.map((row) => Object.fromEntries(row.map((value, i) => [head[i], value])));
}

const right = readFileSync(join(root, 'lessons/01-overview/challenges/linear-predict/solution.c'), 'utf8');

/** A folder with these files. */
function submissions(files) {
  const place = mkdtempSync(join(folder, 'all '));
  for (const [name, text] of Object.entries(files)) {
    mkdirSync(dirname(join(place, name)), { recursive: true });
    writeFileSync(join(place, name), text);
  }
  return place;
}

const class3a = submissions({
  'ann/linear-predict.c': right,
  'linear-predict/bob, the "builder".c': right.replace('row[j] * w[j]', 'row[j]'),
  '=cmd.c': `/* challenge: linear-predict */\n${right}`,
  'zoe/linear-predict/v2/answer.c': 'int x = ;\n',
  'essay.c': 'int nothing;\n',
  'notes.txt': 'not C',
});

test('check --all grades a folder into a table', () => {
  const { status, out, error } = run(['check', '--all', `${class3a}/`, '--jobs', '2']);
  assert.equal(status, 0, error);
  assert.match(error, /essay\.c answers no challenge: name it SLUG\.c/);
  assert.match(error, /4 files graded, 1 left out/);
  const rows = csv(out);
  assert.deepEqual(
    rows.map((row) => [row.file, row.verdict]),
    [
      ["'=cmd.c", 'pass'],
      ['ann/linear-predict.c', 'pass'],
      ['linear-predict/bob, the "builder".c', 'fail'],
      ['zoe/linear-predict/v2/answer.c', 'compile error'],
    ],
  );
  for (const { challenge, passed: good, failed: bad, of } of rows) {
    assert.equal(challenge, 'linear-predict');
    assert.equal(Number(good) + Number(bad), Number(of));
  }
  assert.equal(rows[2].first_failed, 'two_by_three');
  assert.match(rows[2].message, /^Given X = .*: out\[0\] is 6\.5, expected -1\.5/);
  assert.match(rows[3].message, /error: expected expression/);
});

test('check --all --json has the same rows', () => {
  const rows = json('check', '--all', class3a, '--json');
  assert.deepEqual(
    rows.map((row) => [row.file, row.verdict, row.of]),
    [
      ['=cmd.c', 'pass', 7],
      ['ann/linear-predict.c', 'pass', 7],
      ['linear-predict/bob, the "builder".c', 'fail', 7],
      ['zoe/linear-predict/v2/answer.c', 'compile error', 0],
    ],
  );
});

test('check --all refuses what it cannot understand', () => {
  refused(['check', '--all'], 'needs one folder');
  refused(['check', '--all', join(folder, 'nosuch')], 'is not a folder');
  refused(['check', '--all', class3a, class3a], 'one folder');
  refused(['check', '--all', class3a, '--jobs', 'many'], '--jobs needs a number');
  refused(['check', '--alll', class3a], "'--alll'");
  refused(['check', 'linear-predict', 'a.c', '--jobs', '2'], '--jobs belongs to check --all');
  assert.deepEqual(csv(run(['check', '--all', submissions({})]).out), []);
});

// --- check: a challenge's own time limit -----------------------------------------------------------------------------

/** A home of its own, where linear-predict says this in its front matter. */
function homeWith(front) {
  const home = mkdtempSync(join(folder, 'home '));
  const challenge = 'lessons/01-overview/challenges/linear-predict';
  cpSync(join(root, challenge), join(home, challenge), { recursive: true });
  symlinkSync(join(root, 'src'), join(home, 'src'));
  const file = join(home, challenge, 'challenge.md');
  writeFileSync(file, readFileSync(file, 'utf8').replace('\n---\n', `\n${front}\n---\n`));
  return { LAYMANZ_HOME: home };
}

const stuck = join(folder, 'stuck.c');
writeFileSync(
  stuck,
  '#include <stddef.h>\nvoid linear_predict(const float *X, size_t n, size_t d, const float *w, float b, float *out) {\n' +
    '    for (volatile unsigned i = 0; X && n && d && w && out && b < 1e30f; i++) ;\n}\n',
);

test('a check may take as long as its challenge says', () => {
  const home = homeWith('time_limit: 1');
  assert.equal(JSON.parse(run(['challenges', '--json'], home).out)[0].time_limit, 1);
  const start = performance.now();
  const { checks } = check('linear-predict', stuck, home);
  assert.ok(performance.now() - start < 20_000);
  assert.match(checks[0].message, /stopped after 1 s: it did not end/);
  const { out } = run(['check', '--all', submissions({ 'linear-predict.c': readFileSync(stuck, 'utf8') })], home);
  assert.match(csv(out)[0].message, /stopped after 1 s/);
});

test('a time limit that is none is refused', () => {
  for (const value of ['0', '61', '2.5', 'long']) {
    const { status, error } = run(['challenges'], homeWith(`time_limit: ${value}`));
    assert.equal(status, 1);
    assert.match(error, /challenge\.md: time_limit is the seconds that a check may take, a whole number from 1 to 60/);
  }
});

test('without one it is 5 s', () => {
  const [{ time_limit }] = json('challenges', '--json');
  assert.equal(time_limit, 5);
});

// --- start -----------------------------------------------------------------------------------------------------------

test('start writes what an editor and a compiler need', () => {
  const place = join(folder, 'work', 'first one');
  const { status, out } = run(['start', 'latency-percentile', place]);
  assert.equal(status, 0);
  assert.match(
    out,
    /latency-percentile\.md, complete .*latency-percentile\.c, then run: laymanz check latency-percentile/,
  );
  const challenge = join(root, 'lessons/01-overview/challenges/latency-percentile');
  assert.equal(
    readFileSync(join(place, 'latency-percentile.c'), 'utf8'),
    readFileSync(join(challenge, 'starter.c'), 'utf8'),
  );
  const task = readFileSync(join(place, 'latency-percentile.md'), 'utf8');
  assert.match(task, /^# Percentile of latencies\n[^]*nearest\nrank/);
  assert.doesNotMatch(task, /## Hints|## Take away|Multiply before you divide|minutes:/);
  writeFileSync(join(place, 'uses.c'), '#include "ml.h"\nml_rng r;\n');
  const flags = readFileSync(join(place, 'compile_flags.txt'), 'utf8').trim().split('\n');
  const compiled = spawnSync('cc', [...flags, '-fsyntax-only', 'uses.c'], { cwd: place, encoding: 'utf8' });
  assert.equal(compiled.stderr, '');
});

test('start never writes over an answer', () => {
  const place = submissions({ 'linear-predict.c': 'mine' });
  const { status, out } = run(['start', 'linear-predict', place]);
  assert.equal(status, 0);
  assert.match(out, /linear-predict\.c was there already and is untouched; move it away if you want to begin again/);
  assert.equal(readFileSync(join(place, 'linear-predict.c'), 'utf8'), 'mine');
  assert.ok(existsSync(join(place, 'include/ml.h')));
});

test('start refuses what it cannot understand', () => {
  refused(['start'], 'needs a challenge');
  refused(['start', 'linear-predikt'], "'linear-predikt'", 'linear-predict');
  refused(['start', 'linear-predict', '--force'], "'--force'");
  const { status, error } = run(['start', 'linear-predict', join(class3a, 'essay.c')]);
  assert.equal(status, 1);
  assert.match(error, /essay\.c cannot be made/);
});

/** Stopped in the middle of an endless loop: ends by the signal, at once, and leaves nothing behind. */
async function stopped(name, ...args) {
  const child = spawn(program, ['check', ...args], { env, stdio: 'ignore' });
  const ended = new Promise((done) => child.on('exit', (_, signal) => done(signal)));
  const started = () => readdirSync(scratch).some((name) => existsSync(join(scratch, name, 'told')));
  while (!started()) await new Promise((done) => setTimeout(done, 20));
  child.kill('SIGINT');
  const signal = await ended;
  test(name, () => assert.equal(signal, 'SIGINT'));
}
const loops = answer('volatile int x = 1; while (x) {}'),
  endless = readFileSync(loops, 'utf8');
await stopped('an interrupt stops it and leaves nothing behind', 'linear-predict', loops);
const ring = submissions({
  'a/linear-predict.c': endless,
  'b/linear-predict.c': endless,
  'c/linear-predict.c': endless,
});
await stopped('an interrupt stops check --all too', '--all', ring, '--jobs', '2');

rmSync(folder, { recursive: true });
console.log(`${basename(program)}: ${passed} passed, ${failed} failed`);
process.exit(failed === 0 ? 0 : 1);
