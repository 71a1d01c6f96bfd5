/* The labs' second module, whose kernels may fuse a multiplication and an addition: what it computes is what
 * laymanz.wasm computes, but for the last digits. Every lab runs in both for a few steps, at its initial settings and
 * at each goal's; every figure must lie within the tolerance, and it is told which labs differ at all. In a long run
 * differences grow: training is chaotic, and two runs that differ in a digit are two runs. Hence few steps. Now and
 * then it happens within these: a digit decides which of two pixels a pool lets through, and the weights part. So the
 * middle one of three seeds counts. It happens in Chromium, for not every Node knows these instructions. */
import { execFileSync } from 'node:child_process';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { defaultSettings, readPreset } from '../../web/lib/link.js';
import { serve } from '../../web/site/serve.mjs';
import { launch } from '../bench/command.mjs';

const TOLERANCE = 2e-3; /* of the largest figure in the same series */
/* Settings at which a digit becomes another run within these steps: that it does is the lesson there. */
const CHAOTIC = ['mlp-live learning_rate=20'];
const root = fileURLToPath(new URL('../..', import.meta.url));
const listed = execFileSync(join(root, 'build/laymanz'), ['labs', '--json'], { maxBuffer: 1 << 28 });
const labs = JSON.parse(listed.toString());

let passed = 0,
  failed = 0;
/** @param {string} what @param {string} problem "" if there is none */
function report(what, problem) {
  problem === '' ? passed++ : failed++;
  if (problem !== '') console.log(`FAIL ${what}: ${problem}`);
}

const server = await serve(root);
const browser = await launch();
const page = await browser.newPage();
await page.goto(`${server.address}nothing`); // not found: an empty page of this origin, to import from
const inPage = await page.evaluateHandle(() => import('/tests/parity/relaxed-page.js'));
const compare = (lab, params) => inPage.evaluate((module, [lab, params]) => module.compare(lab, params), [lab, params]);
const canRelax = await inPage.evaluate((module) => module.hasRelaxedSimd());
report('this browser runs relaxed SIMD', canRelax ? '' : 'it needs Chromium 114 or newer');
const differing = [];

for (const lab of labs) {
  const presets = lab.goals.map((goal) => goal.preset).filter(Boolean);
  let most = 0;
  for (const preset of ['', ...presets]) {
    const setting = `${lab.name} ${preset}`;
    const { params } = preset ? readPreset(lab, preset) : defaultSettings(lab);
    const { names, apart } = await compare(lab, params);
    if (CHAOTIC.includes(setting)) {
      report(`${setting} is chaotic`, Math.max(...apart) > TOLERANCE ? '' : 'not any more: take it off the list');
      continue;
    }
    most = Math.max(most, ...apart);
    names.forEach((name, i) =>
      report(`${setting} ${name}`, apart[i] <= TOLERANCE ? '' : `${apart[i].toExponential(1)} apart`),
    );
  }
  if (most > 0) differing.push(`${lab.name} (${most.toExponential(1)})`);
}
/* Were it nowhere, the kernels would not be the relaxed ones. */
report('fused arithmetic shows in some lab', differing.length > 0 ? '' : 'all bytes are the same');
console.log(`after a few steps these labs differ in their last digits: ${differing.join(', ')}`);
console.log(`${passed} passed, ${failed} failed`);
if (failed > 0) process.exitCode = 1;
await browser.close();
await server.close();
