/**
 * The table of a run, and whether everyone computed the same.
 *
 * @typedef {import('./page.js').Result} Result
 * @typedef {import('./workloads.mjs').Workload & { results: Record<string, Result> }} Raced
 * @typedef {{ date: string, chromium: string, cpu: string, load: number, rounds: number, slice: number,
 *   versions: Record<string, string> }} Circumstances
 */

const TITLES = /** @type {Record<string, string>} */ ({
  ours: '**Laymanz**',
  tfjs: 'TensorFlow.js, wasm',
  jax: 'jax-js, wasm',
  ort: 'onnxruntime-web',
  convnet: 'convnetjs',
  brain: 'brain.js',
  playground: 'as TensorFlow Playground (per example, JavaScript)',
});

/** @param {number[]} numbers @param {number} share 0.5: the median */
function quantile(numbers, share) {
  const sorted = [...numbers].sort((a, b) => a - b);
  return sorted[Math.min(sorted.length - 1, Math.floor(share * sorted.length))];
}

/** Three digits that count, thousands apart. @param {number} value */
const short = (value) => value.toLocaleString('en-GB', { maximumSignificantDigits: 3 });

/** Round by round. @param {Result} a @param {Result} b */
const paired = (a, b) =>
  quantile(
    a.rates.map((rate, i) => rate / b.rates[i]),
    0.5,
  );

/**
 * What is wrong with a contender's answers, in sentences.
 * @param {string} who @param {Result} theirs @param {Result} ours @param {Raced} workload
 */
function faults(who, theirs, ours, workload) {
  /** @type {string[]} */
  const found = [];
  const say = (/** @type {string} */ what) => found.push(`${workload.id}: ${who}: ${what}`);
  if (theirs.difference !== undefined && !(theirs.difference <= 1e-3))
    say(`its product is off by ${theirs.difference} of the largest element`);
  if (
    theirs.before === undefined ||
    theirs.after === undefined ||
    ours.before === undefined ||
    ours.after === undefined
  )
    return found;
  const near = (/** @type {number} */ a, /** @type {number} */ b, /** @type {number} */ share) =>
    Math.abs(a - b) <= share * Math.abs(b);
  if (!near(theirs.before, ours.before, 1e-4)) say(`its first loss is ${theirs.before}, ours ${ours.before}`);
  if (!(theirs.after < theirs.before)) say(`its loss does not fall: ${theirs.before}, then ${theirs.after}`);
  if (!workload.other?.includes(who) && !near(theirs.after, ours.after, 1e-3))
    say(`after ten steps its loss is ${theirs.after}, ours ${ours.after}`);
  return found;
}

/** A contender's line. @param {string} who @param {Raced} workload */
function line(who, workload) {
  const { results, operations, targets, share } = workload;
  const { ours, peak } = results,
    theirs = results[who];
  const ofPeak = operations && peak.operations ? operations / peak.operations : 0;
  const rate = quantile(theirs.rates, 0.9);
  const speed = workload.name === 'matmul' ? `${short((rate * operations) / 1e9)} GFLOP/s` : `${short(rate)} steps/s`;
  const part = ofPeak ? paired(theirs, peak) * ofPeak : undefined;
  const ratio = who === 'ours' ? undefined : paired(ours, theirs);
  const target = who === 'ours' ? share : targets[who];
  const reached = (who === 'ours' ? part : ratio) ?? 0,
    met = target === undefined ? undefined : reached >= target;
  /* How much faster than theirs a step at the limit would be: a target above that cannot be met on this machine. */
  const possible = who === 'ours' || !ofPeak ? undefined : paired(peak, theirs) / ofPeak;
  const verdict = met
    ? 'met'
    : `**missed**${possible !== undefined && possible < (target ?? 0) ? ` (the limit is ${short(possible)}×)` : ''}`;
  return {
    who,
    rate,
    median: quantile(theirs.rates, 0.5),
    part,
    ratio,
    possible,
    target,
    met,
    text: [
      TITLES[who],
      speed,
      part === undefined ? '' : `${Math.round(100 * part)} %`,
      ratio === undefined ? '' : `${short(ratio)}×`,
      target === undefined ? '' : `${who === 'ours' ? `${100 * target} % of limit` : `${short(target)}×`} ${verdict}`,
    ],
  };
}

/** @param {Raced[]} raced @param {Circumstances} when */
export function report(raced, when) {
  const failures = raced.flatMap((workload) =>
    Object.entries(workload.results).flatMap(([who, theirs]) =>
      who === 'peak' ? [] : faults(who, theirs, workload.results.ours, workload),
    ),
  );
  const tables = raced.map((workload) => ({
    ...workload,
    lines: ['ours', ...workload.contenders].map((who) => line(who, workload)),
  }));
  const limits = raced.map(({ results: { peak } }) => (quantile(peak.rates, 0.9) * (peak.operations ?? 0)) / 1e9);
  const where = `Chromium ${when.chromium}, ${when.cpu}, load average ${when.load.toFixed(1)}`;
  const rows = tables.flatMap(({ title, lines }) =>
    lines.map(({ text: cells }, i) => `| ${[i === 0 ? title : '', ...cells].join(' | ')} |`),
  );
  const text = `${when.date}, ${where}; one thread each, no GPU.
${Object.entries(when.versions)
  .map(([name, v]) => `${name} ${v}`)
  .join(', ')}.
Rates: 90th percentile of ${when.rounds} rounds of ${when.slice} ms.
Ratios: medians of ours over theirs in the same round.
${limits.length > 0 ? `Limit: f32x4 multiply and add from registers, measured in each round: ${short(quantile(limits, 0.5))} GFLOP/s.` : ''}

| workload | contender | speed | of the limit | ours is | at least |
|---|---|---:|---:|---:|---:|
${rows.join('\n')}
`;
  const data = {
    ...when,
    limits,
    workloads: tables.map(({ id, title, results, lines }) => ({
      id,
      title,
      results,
      lines: lines.map(({ text: _, ...rest }) => rest),
    })),
  };
  return { text, data, failures };
}

/**
 * The table of the fits of classical models. A failure is a quality clearly below theirs: then it is not the same work.
 * @param {(import('./fits.mjs').Fit &
 *   { results: Record<string, { milliseconds: number[], quality: number }> })[]} fitted
 */
export function reportFits(fitted) {
  const lines = fitted.map((fit) => {
    const { ours, mljs } = fit.results;
    const ratio = quantile(
      mljs.milliseconds.map((theirs, i) => theirs / ours.milliseconds[i]),
      0.5,
    );
    const behind = (fit.lower ? ours.quality - mljs.quality : mljs.quality - ours.quality) / Math.abs(mljs.quality);
    return { ...fit, ratio, behind, met: ratio >= fit.target };
  });
  const median = (/** @type {number[]} */ milliseconds) => short(quantile(milliseconds, 0.5));
  const rows = lines.map(({ title, rows, package: name, quality, results: { ours, mljs }, ratio, target, met }) =>
    [
      title,
      rows.toLocaleString('en-GB'),
      name,
      median(ours.milliseconds),
      median(mljs.milliseconds),
      `${short(ratio)}×`,
      `${target}× ${met ? 'met' : '**missed**'}`,
      `${quality} ${ours.quality.toPrecision(6)}`,
      mljs.quality.toPrecision(6),
    ].join(' | '),
  );
  const text = `Fits of classical models against packages of ml.js, on rows of 20 columns; fewer rows where theirs takes
minutes. Medians of the rounds.

| fit | rows | package | ours, ms | theirs, ms | ours is | at least | quality, ours | theirs |
|---|---:|---|---:|---:|---:|---:|---:|---:|
${rows.map((row) => `| ${row} |`).join('\n')}
`;
  const failures = lines
    .filter(({ behind }) => !(behind <= 0.03))
    .map(({ name, quality, behind }) => `fit-${name}: our ${quality} is ${short(100 * behind)} % behind theirs`);
  return { text, data: lines, failures };
}
