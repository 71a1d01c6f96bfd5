/** Nodes with their values, and the directed edges between them. */
import { html, render, svg } from 'lit';
import { CLASS_COLOURS } from './canvas.js';

/** @typedef {import('./canvas.js').Painter} Painter */
/** @typedef {import('../../lib/lab-types.js').Block} Block */
/** @typedef {import('../../lib/lab-types.js').LabView} LabView */
/** @typedef {{ x: number, y: number, label: string, colour: string, ring: boolean }} Node */

const MARGIN = 44;
const RADIUS = 17;

/** @implements {Painter} */
export class GraphPlot {
  /** @param {LabView} view */
  constructor(view) {
    this.view = view;
    this.element = document.createElement('div');
    this.element.className = 'stack';
  }

  /** @type {Painter['draw']} */
  draw(frame, _theme, width, height) {
    /** @type {Node[]} */
    let nodes = [];
    const edges = [];
    const all = frame.blocks.filter((block) => block.kind === 'points');
    const place = placing(all, width, height);
    for (const block of frame.blocks) {
      if (block.kind === 'points') {
        nodes = nodesOf(block, this.view, place); // edges name the nodes put last
        edges.push(...nodes.map(drawnNode));
      } else if (block.kind === 'edges') {
        edges.unshift(...edgesOf(block, nodes));
      }
    }
    render(
      html`<svg width=${width} height=${height} viewBox="0 0 ${width} ${height}" aria-hidden="true">
        <defs><marker id="head" viewBox="0 0 8 8" refX="7" refY="4" markerWidth="7" markerHeight="7" orient="auto">
          <path d="M0 0 8 4 0 8z" fill="context-stroke" /></marker></defs>${edges}</svg>`,
      this.element,
    );
  }
}

/**
 * @param {Block[]} blocks
 * @param {number} width
 * @param {number} height
 */
function placing(blocks, width, height) {
  const xs = blocks.flatMap((block) => [...block.arrays.x]);
  const ys = blocks.flatMap((block) => [...block.arrays.y]);
  /**
   * @param {number[]} values
   * @param {number} room
   * @returns {(value: number) => number}
   */
  const along = (values, room) => {
    const low = Math.min(...values);
    const span = Math.max(...values) - low;
    return (value) => (span > 0 ? MARGIN + ((value - low) / span) * (room - 2 * MARGIN) : room / 2);
  };
  const toX = along(xs, width);
  const toY = along(ys, height);
  return { toX, toY: (/** @type {number} */ y) => height - toY(y) };
}

/**
 * @param {Block} block
 * @param {LabView} view
 * @param {{ toX: (x: number) => number, toY: (y: number) => number }} place
 * @returns {Node[]}
 */
function nodesOf(block, view, { toX, toY }) {
  const { x, y, class: classes, ring } = block.arrays;
  const colour = view.series[block.series]?.colour ?? 'blue';
  return Array.from(x, (value, i) => ({
    x: toX(value), y: toY(y[i]), label: block.labels[i] ?? '',
    colour: classes ? CLASS_COLOURS[classes[i] % CLASS_COLOURS.length] : colour, ring: ring?.[i] === 1,
  }));
}

/** @param {Node} node */
function drawnNode(node) {
  const lines = node.label.split('\n');
  return svg`<g>
    <circle cx=${node.x} cy=${node.y} r=${RADIUS} stroke-width=${node.ring ? 3 : 1.5}
      .style=${`fill: var(--card); stroke: var(--${node.ring ? 'accent' : node.colour})`} />
    ${lines.map(
      (line, i) => svg`<text x=${node.x} y=${node.y + (i - (lines.length - 1) / 2) * 12 + 4} text-anchor="middle"
        .style=${'fill: var(--ink); font: 11px var(--mono)'}>${line}</text>`,
    )}</g>`;
}

/**
 * @param {Block} block
 * @param {Node[]} nodes
 */
function edgesOf(block, nodes) {
  const { from, to, lit } = block.arrays;
  return Array.from(from, (start, i) => {
    const a = nodes[start];
    const b = nodes[to[i]];
    if (!a || !b) return svg``;
    const length = Math.hypot(b.x - a.x, b.y - a.y) || 1;
    const cut = (RADIUS + 2) / length;
    return svg`<line x1=${a.x + (b.x - a.x) * cut} y1=${a.y + (b.y - a.y) * cut} x2=${b.x - (b.x - a.x) * cut}
      y2=${b.y - (b.y - a.y) * cut} marker-end="url(#head)" stroke-width=${lit?.[i] ? 2.5 : 1.25}
      .style=${`stroke: var(--${lit?.[i] ? 'accent' : 'muted'})`} />`;
  });
}
