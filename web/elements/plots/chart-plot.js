/** Lines, points, bars and histograms, by Chart.js. It draws what it is given; every number comes from the lab. */
import {
  BarController, BarElement, CategoryScale, Chart, Filler, LineController, LineElement, LinearScale, LogarithmicScale,
  PointElement, ScatterController, Tooltip,
} from 'chart.js';
import { formatNumber, formatTick } from '../../lib/format.js';
import { isOverlaid } from '../../lib/lab-data.js';
import { CLASS_COLOURS, CLASS_SHAPES, niceTicks, pixelRatio } from './canvas.js';
import { chartPlot as strings } from '../../strings/strings.js';

Chart.register(
  BarController, BarElement, CategoryScale, Filler, LineController, LineElement, LinearScale, LogarithmicScale,
  PointElement, ScatterController, Tooltip,
);

/** @typedef {import('./canvas.js').Painter} Painter */
/** @typedef {import('../../lib/lab-types.js').Block} Block */
/** @typedef {import('../../lib/lab-types.js').LabView} LabView */
/** @typedef {import('../../lib/lab-types.js').LabSeries} LabSeries */
/** @typedef {import('../../lib/theme.js').Theme} Theme */
/** @typedef {{ x: number, y: number }} Point */
/** @typedef {{ series: LabSeries, axis: 'x' | 'y', at: number }} Rule a line right across the plot */
/** @typedef {Record<string, any> & { series: LabSeries, data: Point[] }} Dataset of Chart.js, and whose it is */

const DASHES = [[], [7, 3], [2.5, 2.5], [9, 3, 2, 3], [12, 4]]; // by series, so that colour is not the only sign
const REFERENCE_DASH = [4, 4];
const LABEL_SHARE = 0.3; // of the plot's width, at most, for labels at the ends of lines
const LABEL_LINES = 5;
const LINE_HEIGHT = 13;
const MOST_WRAPPED_BARS = 8;
const AXIS_ROOM = 60; // pixels to the left of the bars
const POINT_RADII = { circle: 4, triangle: 5, rectRot: 5, rect: 4.5, cross: 5 }; // of about equal weight to the eye
const POINTS_A_PIXEL = 2;
const PINNED_DASH = [2, 3];
const PINNED_SHARE = 0.65; // of its series' colour
const PINNED_ORDER = 1e6; // the highest lies lowest

/** @implements {Painter} */
export class ChartPlot {
  /** @param {LabView} view */
  constructor(view) {
    this.view = view;
    this.every = 33;
    this.element = document.createElement('div');
    this.element.className = 'chart';
    this.legend = this.element.appendChild(document.createElement('ul'));
    this.legend.className = 'legend';
    this.legend.hidden = true;
    this.holder = this.element.appendChild(document.createElement('div'));
    this.holder.className = 'holder';
    this.canvas = this.holder.appendChild(document.createElement('canvas'));
    /** @type {Chart | null} */
    this.chart = null;
    /** @type {Theme | null} */
    this.theme = null;
    /** @type {Rule[]} */
    this.rules = [];
    /** @type {Map<string, Dataset>} kept from frame to frame, so that Chart.js keeps what it knows about them */
    this.datasets = new Map();
    this.width = 0;
    this.height = 0;
    this.endLabels = false;
    /** @type {import('../../lib/lab-types.js').ViewFrame | null} */
    this.pinned = null;
  }

  /** @type {Painter['draw']} */
  draw(frame, theme, width, height) {
    const blocks = frame.blocks.filter((block) => block.kind === 'points');
    if (theme !== this.theme) this.destroy();
    this.theme = theme;
    const chart = (this.chart ??= this.create(theme));
    this.fit(chart, width, height);
    this.rules = this.rulesOf(blocks);
    chart.data.datasets = /** @type {any[]} */ ([...this.datasetsOf(blocks, theme), ...this.pinnedDatasets(theme)]);
    if (this.view.kind === 'bars') this.setBarLabels(chart, barLabels(blocks));
    this.makeRoom(chart);
    chart.update('none');
  }

  destroy() {
    this.chart?.destroy();
    this.chart = null;
    this.datasets.clear();
    this.width = 0;
  }

  /**
   * @param {Chart} chart
   * @param {number} width
   * @param {number} height
   */
  fit(chart, width, height) {
    if (width === this.width && height === this.height) return;
    this.width = width;
    this.height = height;
    const { named, widest } = this.namedSeries(chart.ctx);
    const lines = named.filter((series) => series.mark !== 'points');
    this.endLabels = this.view.kind === 'line' && named.length > 1 && lines.length <= LABEL_LINES &&
      widest <= LABEL_SHARE * width;
    const points = named.filter((series) => series.mark === 'points');
    const unnamed = named.filter((series) => series.mark !== 'vertical'); // those carry their names
    this.fillLegend(this.endLabels ? points : unnamed.length > 1 ? unnamed : []);
    chart.options.layout = { padding: { top: 6, right: this.endLabels ? widest + 10 : 8 } };
    chart.resize(width, Math.max(height - this.legend.offsetHeight, 40));
  }

  /**
   * The line above the plot: what its height means, and what the marks are that carry no name themselves.
   * @param {LabSeries[]} series
   */
  fillLegend(series) {
    const { title } = this.view.y;
    const axis = document.createElement('li');
    axis.textContent = `↑ ${title}`;
    this.legend.replaceChildren(...(title ? [axis] : []), ...series.map((one) => this.legendItem(one)));
    this.legend.hidden = this.legend.childElementCount === 0;
  }

  /** @param {CanvasRenderingContext2D} context */
  namedSeries(context) {
    const named = this.view.series.filter((series) => series.label && series.mark !== 'ghost');
    context.font = this.font(11, 600);
    const atEnds = named.filter((series) => series.mark !== 'vertical' && series.mark !== 'points');
    return { named, widest: Math.max(0, ...atEnds.map((series) => context.measureText(series.label).width)) };
  }

  /**
   * @param {number} size
   * @param {number} weight
   */
  font(size, weight = 400) {
    return `${weight} ${size}px ${this.theme?.font ?? 'sans-serif'}`;
  }

  /** @param {LabSeries} series */
  legendItem(series) {
    const item = document.createElement('li');
    const sample = item.appendChild(document.createElement('span'));
    sample.className = `sample ${this.isFilled(series) ? 'box' : series.mark === 'points' ? 'dot' : 'stroke'}`;
    sample.style.color = `var(--${series.colour})`;
    if (series.mark === 'points') sample.dataset.shape = this.shapeOf(series);
    if (this.dashOf(series).length > 0) sample.classList.add('dashed');
    item.append(series.label);
    return item;
  }

  /** @param {LabSeries} series whose points have no classes */
  shapeOf(series) {
    return CLASS_SHAPES[this.view.series.indexOf(series) % CLASS_SHAPES.length];
  }

  /** @param {LabSeries} series */
  isFilled(series) {
    const { kind } = this.view;
    return (kind === 'bars' || kind === 'histogram') && (series.mark === 'default' || series.mark === 'bars');
  }

  /** @param {LabSeries} series */
  dashOf(series) {
    if (['dashed', 'vertical', 'horizontal'].includes(series.mark)) return REFERENCE_DASH;
    const lines = this.view.series.filter((s) => ['default', 'line', 'stair'].includes(s.mark));
    return DASHES[Math.max(0, lines.indexOf(series)) % DASHES.length];
  }

  /**
   * Lines right across: not data, so they are drawn over the chart by `overlay`.
   * @param {Block[]} blocks
   * @returns {Rule[]}
   */
  rulesOf(blocks) {
    /** @type {Rule[]} */
    const rules = [];
    for (const block of blocks) {
      const series = this.view.series[block.series];
      if (series?.mark === 'vertical') for (const at of block.arrays.x) rules.push({ series, axis: 'x', at });
      if (series?.mark === 'horizontal') for (const at of block.arrays.y) rules.push({ series, axis: 'y', at });
    }
    return rules.filter((rule) => Number.isFinite(rule.at));
  }

  /**
   * Few bars: each has its label, on as many lines as it takes. Many: as many labels as there is room for.
   * @param {Chart} chart
   * @param {string[]} labels
   */
  setBarLabels(chart, labels) {
    const ticks = /** @type {any} */ (chart.options.scales?.x).ticks;
    chart.ctx.font = this.font(11);
    const room = (this.width - AXIS_ROOM) / Math.max(1, labels.length) - 4;
    const wide = (/** @type {string} */ text) => chart.ctx.measureText(text).width;
    const fits = labels.length <= MOST_WRAPPED_BARS && labels.every((label) => label.split(' ').every((word) => wide(word) <= room));
    ticks.autoSkip = !fits;
    chart.data.labels = fits ? labels.map((label) => wrapped(label, room, wide)) : labels;
  }

  /** @param {Chart} chart makes room on the axes: for rules, and round points, which have a size */
  makeRoom(chart) {
    for (const axis of /** @type {const} */ (['x', 'y'])) {
      const scale = /** @type {any} */ (chart.options.scales?.[axis]);
      const log = this.view[axis].log;
      let at = this.rules.filter((rule) => rule.axis === axis && (!log || rule.at > 0)).map((rule) => rule.at);
      if (this.hasPoints()) at = widened([...at, ...drawnPoints(chart).map((point) => point[axis])], log);
      scale.suggestedMin = at.length ? Math.min(...at) : undefined;
      scale.suggestedMax = at.length ? Math.max(...at) : undefined;
      if (axis === 'x' && !log && !at.length && onlyAtZero(chart)) [scale.suggestedMin, scale.suggestedMax] = [0, 1];
      if (axis === 'y' && log && this.view.kind === 'bars') scale.suggestedMin = floorOfBars(chart);
    }
  }

  /** Whether it shows points and no lines. */
  hasPoints() {
    const { kind, series } = this.view;
    const points = series.some((one) => one.mark === 'points' || (kind === 'scatter' && one.mark === 'default'));
    const lines = ['line', 'dashed', 'stair', ...(kind === 'line' ? ['default'] : [])];
    return points && !series.some((one) => lines.includes(one.mark));
  }

  /**
   * @param {Block[]} blocks
   * @param {Theme} theme
   * @returns {Dataset[]}
   */
  datasetsOf(blocks, theme) {
    /** @type {Dataset[]} */
    const datasets = [];
    blocks.forEach((block, i) => {
      const series = this.view.series[block.series];
      if (!series || series.mark === 'vertical' || series.mark === 'horizontal') return;
      const { class: classes, ring } = block.arrays;
      const kinds = classes ? [...new Set(classes)].sort((a, b) => a - b) : [-1];
      for (const kind of kinds) {
        const dataset = this.dataset(`${i} ${series.name} ${kind}`, series, kind, theme);
        dataset.data = this.pointsOf(block, (k) => kind < 0 || classes[k] === kind);
        datasets.push(dataset);
      }
      if (!ring) return;
      const rings = this.dataset(`${i} ${series.name} ring`, series, -2, theme);
      rings.data = this.pointsOf(block, (k) => ring[k] === 1);
      datasets.push(rings);
    });
    // What a lab puts later lies on top, and earlier runs below all; Chart.js draws the highest order first.
    datasets.forEach((dataset, i) => (dataset.order = (dataset.series.mark === 'ghost' ? 2 : 1) * datasets.length - i));
    return datasets;
  }

  /**
   * The lines of a pinned run: fainter, dotted, beneath all others.
   * @param {Theme} theme
   * @returns {Dataset[]}
   */
  pinnedDatasets(theme) {
    const blocks = this.pinned?.blocks.filter((block) =>
      block.kind === 'points' && isOverlaid(this.view, this.view.series[block.series]));
    return (blocks ?? []).map((block, i) => {
      const series = this.view.series[block.series];
      const dataset = this.dataset(`pinned ${i} ${series.name}`, series, -1, theme);
      return Object.assign(dataset, {
        pinned: true, label: strings.pinned(series.label), data: this.pointsOf(block, () => true), fill: false,
        borderColor: faded(theme[series.colour], PINNED_SHARE), borderDash: PINNED_DASH, borderWidth: 1.5,
        order: PINNED_ORDER,
      });
    });
  }

  /**
   * @param {string} key
   * @param {LabSeries} series
   * @param {number} kind the class; -1: none, -2: rings
   * @param {Theme} theme
   */
  dataset(key, series, kind, theme) {
    let dataset = this.datasets.get(key);
    if (!dataset) this.datasets.set(key, (dataset = this.newDataset(series, kind, theme)));
    return dataset;
  }

  /**
   * @param {LabSeries} series
   * @param {number} kind
   * @param {Theme} theme
   * @returns {Dataset}
   */
  newDataset(series, kind, theme) {
    const colour = kind >= 0 ? theme[CLASS_COLOURS[kind % CLASS_COLOURS.length]] : theme[series.colour];
    const shared = { series, label: series.label, data: [], borderColor: colour, pointHitRadius: 6 };
    const at = this.view.series.indexOf(series);
    if (this.view.kind === 'bars' && this.isFilled(series))
      return { ...shared, type: 'bar', backgroundColor: faded(colour, at % 2 === 0 ? 0.85 : 0.3), borderWidth: 1.5,
        maxBarThickness: 48 };
    if (this.view.kind === 'histogram' && this.isFilled(series))
      return { ...shared, type: 'line', stepped: true, fill: 'start', backgroundColor: faded(colour, 0.35),
        borderWidth: 1.25, pointRadius: 0 };
    const points = series.mark === 'points' || (this.view.kind === 'scatter' && series.mark === 'default');
    if (points) return { ...shared, type: 'line', showLine: false, ...this.pointStyle(kind, series, colour, theme) };
    const ghost = series.mark === 'ghost';
    return {
      ...shared, type: 'line', pointRadius: 0, stepped: series.mark === 'stair', spanGaps: false,
      borderColor: ghost ? faded(colour, 0.4) : colour, borderDash: this.dashOf(series),
      borderWidth: ghost || series.mark === 'dashed' ? 1.25 : 2, borderJoinStyle: 'round',
    };
  }

  /**
   * @param {number} kind
   * @param {LabSeries} series
   * @param {string} colour
   * @param {Theme} theme
   */
  pointStyle(kind, series, colour, theme) {
    if (kind === -2) return { pointRadius: 6, pointBackgroundColor: 'transparent', borderColor: theme.ink };
    const shape = kind >= 0 ? CLASS_SHAPES[kind % CLASS_SHAPES.length] : this.shapeOf(series);
    const edge = { borderColor: theme.card, borderWidth: 0.75 };
    return { ...edge, pointRadius: POINT_RADII[shape], pointStyle: shape, pointBackgroundColor: colour };
  }

  /**
   * What Chart.js shall draw of a block: nothing below 0 on a log axis, and no more points than the plot has pixels
   * for (of many points that share a pixel, the lowest and the highest stay).
   * @param {Block} block
   * @param {(k: number) => boolean} wanted
   * @returns {Point[]}
   */
  pointsOf(block, wanted) {
    const { x, y } = block.arrays;
    const category = this.view.kind === 'bars';
    /** @type {Point[]} */
    const points = [];
    for (let k = 0; k < block.rows; k++) {
      if (!wanted(k)) continue;
      points.push({ x: category ? k : positive(x[k], this.view.x.log), y: positive(y[k], this.view.y.log) });
    }
    if (this.view.kind === 'histogram' && points.length > 0) points.unshift({ x: points[0].x, y: 0 });
    const isLine = this.view.kind === 'line';
    return isLine ? thinned(points, Math.max(this.width, 100)) : points;
  }

  /**
   * @param {Theme} theme
   * @returns {Chart}
   */
  create(theme) {
    this.width = 0;
    return new Chart(this.canvas, {
      type: this.view.kind === 'bars' ? 'bar' : 'line',
      data: { datasets: [] },
      options: {
        animation: false, responsive: false, devicePixelRatio: pixelRatio(), maintainAspectRatio: false, parsing: false, normalized: true,
        events: ['mousemove', 'mouseout', 'touchstart', 'touchmove'],
        interaction: { mode: this.view.kind === 'scatter' ? 'nearest' : 'index', axis: 'x', intersect: false },
        font: { family: theme.font, size: 11 },
        scales: { x: this.axis('x', theme), y: this.axis('y', theme) },
        plugins: { tooltip: this.tooltip(theme) },
      },
      plugins: [{ id: 'overlay', afterDatasetsDraw: (chart) => this.overlay(chart) }],
    });
  }

  /**
   * @param {'x' | 'y'} axis
   * @param {Theme} theme
   * @returns {any}
   */
  axis(axis, theme) {
    const { title, log, min, max } = this.view[axis];
    const category = axis === 'x' && this.view.kind === 'bars';
    const font = { family: theme.font, size: 11 };
    const free = min === 0 && max === 0;
    return {
      type: category ? 'category' : log ? 'logarithmic' : 'linear',
      min: free ? undefined : min,
      max: free ? undefined : max,
      bounds: axis === 'x' ? 'data' : 'ticks',
      offset: category,
      beginAtZero: axis === 'y' && (this.view.kind === 'bars' || this.view.kind === 'histogram') && !log,
      title: { display: axis === 'x' && Boolean(title), text: title ?? '', color: theme.muted, font,
        padding: { top: 0 } },
      border: { color: theme.field },
      grid: { color: theme.rule, display: axis === 'y', tickLength: 4, drawTicks: axis === 'y' },
      ticks: { color: theme.muted, maxRotation: 0, autoSkip: axis === 'x', autoSkipPadding: 8, padding: 4, font,
        ...(category ? {} : { callback: (/** @type {number} */ value) => formatTick(value) }) },
      ...(category ? {} : { afterBuildTicks: log ? logTicks : roundTicks }),
    };
  }

  /**
   * @param {Theme} theme
   * @returns {any}
   */
  tooltip(theme) {
    const { x } = this.view;
    return {
      animation: false, backgroundColor: theme.card, borderColor: theme.field, borderWidth: 1, titleColor: theme.muted,
      bodyColor: theme.ink, padding: 8, cornerRadius: 6, boxPadding: 4, usePointStyle: true,
      titleFont: { family: theme.font, size: 11, weight: 500 }, bodyFont: { family: theme.font, size: 12 },
      filter: sharesItsX,
      callbacks: {
        title: (/** @type {any[]} */ items) => {
          if (items.length === 0 || this.view.kind === 'bars') return items[0]?.label ?? '';
          return `${x.title ?? 'x'}: ${formatNumber(items[0].parsed.x, 4)}`;
        },
        label: (/** @type {any} */ item) => `${item.dataset.label}: ${formatNumber(item.parsed.y, 4)}`,
      },
    };
  }

  /** @param {Chart} chart rules across the plot, and names at the ends of lines */
  overlay(chart) {
    const { ctx, chartArea: area } = chart;
    if (!area || !this.theme) return;
    ctx.save();
    ctx.font = this.font(11, 600);
    ctx.textBaseline = 'middle';
    /** @type {{ text: string, colour: string, y: number }[]} */
    const ends = [];
    let row = 0;
    for (const { series, axis, at } of this.rules) {
      const place = chart.scales[axis].getPixelForValue(at);
      const colour = this.theme[series.colour];
      strokeRule(ctx, area, axis, place, colour);
      if (axis === 'x') nameRule(ctx, area, place, series.label, colour, row++);
      else if (place >= area.top - 1 && place <= area.bottom + 1) ends.push({ text: series.label, colour, y: place });
    }
    if (this.endLabels) {
      ends.push(...this.lineEnds(chart));
      drawEnds(ctx, area, ends);
    }
    ctx.restore();
  }

  /** @param {Chart} chart */
  lineEnds(chart) {
    /** @type {Map<string, { text: string, colour: string, y: number }>} */
    const ends = new Map();
    chart.data.datasets.forEach((dataset) => {
      const { series, data, pinned } = /** @type {Dataset} */ (/** @type {unknown} */ (dataset));
      if (pinned || series.mark === 'ghost' || series.mark === 'points' || !series.label) return;
      const last = data.findLast((point) => Number.isFinite(point.x) && Number.isFinite(point.y));
      if (!last) return;
      const y = chart.scales.y.getPixelForValue(last.y);
      ends.set(series.name, { text: series.label, colour: this.theme?.[series.colour] ?? '', y });
    });
    return [...ends.values()];
  }
}

/**
 * @param {number} value
 * @param {boolean} log
 */
const positive = (value, log) => (log && !(value > 0) ? NaN : value);

/**
 * Whether a line of a pinned run has something to say at the place that is pointed at.
 * @type {(item: any, at: number, items: any[]) => boolean}
 */
function sharesItsX(item, _at, items) {
  const present = items.find(({ dataset }) => !dataset.pinned);
  return !item.dataset.pinned || !present || item.parsed.x === present.parsed.x;
}

/**
 * @param {string} colour
 * @param {number} share
 */
const faded = (colour, share) => colour.replace(/^rgb\((.*)\)$/, `rgba($1, ${share})`);

/**
 * @param {Point[]} points in the order of x
 * @param {number} pixels
 */
function thinned(points, pixels) {
  const most = pixels * POINTS_A_PIXEL;
  if (points.length <= most) return points;
  const bucket = Math.ceil(points.length / pixels);
  const kept = [];
  for (let from = 0; from < points.length; from += bucket) {
    let low = from;
    let high = from;
    for (let i = from; i < Math.min(from + bucket, points.length); i++) {
      if (points[i].y < points[low].y) low = i;
      if (points[i].y > points[high].y) high = i;
    }
    kept.push(points[Math.min(low, high)], points[Math.max(low, high)]);
  }
  kept.push(points[points.length - 1]);
  return kept;
}

/** @param {Chart} chart */
const drawnPoints = (chart) => chart.data.datasets.flatMap((dataset) => /** @type {Point[]} */ (dataset.data));

const POINT_MARGIN = 0.07; // of the axis, on both sides

/**
 * The ends of an axis on which nothing touches the edge.
 * @param {number[]} at
 * @param {boolean} log
 * @returns {number[]}
 */
function widened(at, log) {
  const finite = at.filter(Number.isFinite).map((value) => (log ? Math.log10(value) : value));
  if (finite.length === 0) return [];
  const low = finite.reduce((a, b) => Math.min(a, b));
  const high = finite.reduce((a, b) => Math.max(a, b));
  const margin = POINT_MARGIN * (high - low || (log ? 1 : Math.abs(high) || 1));
  return [low - margin, high + margin].map((value) => (log ? 10 ** value : value));
}

/**
 * Where bars on a log axis stand: a power of ten below the smallest, so that it can be seen too.
 * @param {Chart} chart
 */
function floorOfBars(chart) {
  const heights = drawnPoints(chart).map((point) => point.y);
  const smallest = Math.min(...heights.filter((height) => height > 0));
  return Number.isFinite(smallest) ? 10 ** Math.floor(Math.log10(smallest / 2)) : undefined;
}

/** @param {Chart} chart whether nothing but a start is drawn, which would stand in the middle of an axis from -1 to 1 */
function onlyAtZero(chart) {
  const points = drawnPoints(chart);
  return points.length > 0 && points.every((point) => point.x === 0);
}

/**
 * A label in lines no wider than the room, if its words allow; a single line stays a string.
 * @param {string} label
 * @param {number} room
 * @param {(text: string) => number} wide
 * @returns {string | string[]}
 */
function wrapped(label, room, wide) {
  /** @type {string[]} */
  const lines = [];
  for (const word of label.split(' ')) {
    const longer = `${lines.at(-1)} ${word}`;
    if (lines.length > 0 && wide(longer) <= room) lines[lines.length - 1] = longer;
    else lines.push(word);
  }
  return lines.length > 1 ? lines : label;
}

/** @param {Block[]} blocks */
function barLabels(blocks) {
  const longest = blocks.reduce((a, b) => (b.rows > a.rows ? b : a), blocks[0]);
  if (!longest) return [];
  const labels = blocks.find((block) => block.labels.length >= longest.rows)?.labels;
  return labels ?? Array.from(longest.arrays.x, formatTick);
}

const PIXELS_A_TICK = { x: 70, y: 34 };
const PIXELS_A_LOG_TICK = 22;

/** @param {any} scale round numbers only, not where the data happen to end */
function roundTicks(scale) {
  const room = scale.isHorizontal() ? scale.width / PIXELS_A_TICK.x : scale.height / PIXELS_A_TICK.y;
  const wanted = Math.max(2, Math.min(7, Math.floor(room)));
  scale.ticks = niceTicks(scale.min, scale.max, wanted).map((value) => ({ value }));
}

/** @param {any} scale 1, 2 and 5 times powers of ten where there is room, else as many powers as there is room for */
function logTicks(scale) {
  const { min, max } = scale;
  const room = scale.isHorizontal() ? scale.width / PIXELS_A_TICK.x : scale.height / PIXELS_A_LOG_TICK;
  const first = Math.floor(Math.log10(min));
  const powers = Array.from({ length: Math.ceil(Math.log10(max)) - first + 1 }, (_, i) => first + i);
  const choices = [1, 2, 3, 4, 6, 10].map((apart) => powers.filter((power) => power % apart === 0).map((p) => 10 ** p));
  choices.unshift(powers.flatMap((power) => [10 ** power, 2 * 10 ** power, 5 * 10 ** power]));
  const inside = choices.map((ticks) => ticks.filter((tick) => tick >= min * 0.999 && tick <= max * 1.001));
  const fitting = inside.find((ticks) => ticks.length >= 2 && ticks.length <= Math.max(room, 2));
  scale.ticks = (fitting ?? niceTicks(min, max, 3)).map((value) => ({ value }));
}

/**
 * @param {CanvasRenderingContext2D} context
 * @param {import('chart.js').ChartArea} area
 * @param {'x' | 'y'} axis
 * @param {number} place
 * @param {string} colour
 */
function strokeRule(context, area, axis, place, colour) {
  const inside = axis === 'x' ? place >= area.left - 1 && place <= area.right + 1
    : place >= area.top - 1 && place <= area.bottom + 1;
  if (!inside) return;
  context.beginPath();
  context.moveTo(axis === 'x' ? place : area.left, axis === 'x' ? area.top : place);
  context.lineTo(axis === 'x' ? place : area.right, axis === 'x' ? area.bottom : place);
  context.strokeStyle = colour;
  context.lineWidth = 1.25;
  context.setLineDash(REFERENCE_DASH);
  context.stroke();
  context.setLineDash([]);
}

/**
 * The name of a vertical rule, beside its top; each in a row of its own, because rules can stand close.
 * @param {CanvasRenderingContext2D} context
 * @param {import('chart.js').ChartArea} area
 * @param {number} place
 * @param {string} text
 * @param {string} colour
 * @param {number} row
 */
function nameRule(context, area, place, text, colour, row) {
  if (place < area.left - 1 || place > area.right + 1) return;
  const fits = place + context.measureText(text).width + 8 <= area.right;
  context.fillStyle = colour;
  context.textAlign = fits ? 'left' : 'right';
  context.fillText(text, place + (fits ? 5 : -5), area.top + 8 + row * LINE_HEIGHT);
}

/**
 * @param {CanvasRenderingContext2D} context
 * @param {import('chart.js').ChartArea} area
 * @param {{ text: string, colour: string, y: number }[]} ends
 */
function drawEnds(context, area, ends) {
  ends.sort((a, b) => a.y - b.y);
  const top = area.top + LINE_HEIGHT / 2;
  ends.forEach((end, i) => (end.y = Math.max(end.y, i === 0 ? top : ends[i - 1].y + LINE_HEIGHT)));
  for (let i = ends.length - 1, floor = area.bottom; i >= 0; i--, floor -= LINE_HEIGHT)
    ends[i].y = Math.min(ends[i].y, floor);
  context.textAlign = 'left';
  for (const end of ends) {
    context.fillStyle = end.colour;
    context.fillText(end.text, area.right + 6, end.y);
  }
}
