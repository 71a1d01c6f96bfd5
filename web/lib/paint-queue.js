/**
 * Who draws when: each plot at most once a frame, and all of them together for at most a part of a frame. Those that
 * were left out come first the next time, so a page with many plots gets slower plots before it gets slower sliders.
 */

const MILLISECONDS_A_FRAME = 9;
const MILLISECONDS_A_PICTURE = 1; // whoever has nothing to draw with yet takes less

/** @type {Set<() => void>} in the order in which they asked */
const waiting = new Set();
let asked = false;

/** @param {() => void} paint the same function each time: asking twice draws once */
export function requestPaint(paint) {
  waiting.add(paint);
  ask();
}

/** @param {() => void} paint */
export function cancelPaint(paint) {
  waiting.delete(paint);
}

function ask() {
  if (asked || waiting.size === 0) return;
  asked = true;
  requestAnimationFrame(draw);
}

/** Draws a lab's first picture in the frame that is being made, and leaves the others to the next. */
export function paintFirst() {
  paintUntil(performance.now() + MILLISECONDS_A_PICTURE);
}

function draw() {
  asked = false;
  paintUntil(performance.now() + MILLISECONDS_A_FRAME);
  ask();
}

/** @param {number} until the one that is begun before is finished */
function paintUntil(until) {
  for (const paint of [...waiting]) {
    waiting.delete(paint);
    paint();
    if (performance.now() >= until) break;
  }
}
