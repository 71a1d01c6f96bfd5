/**
 * Cards grow when they come to life, and would push away what a link led to. Until the reader moves, or for a few
 * seconds, the place that was asked for stays where it is.
 */

const LONGEST_MS = 6000;
const MOVES = ['wheel', 'touchstart', 'pointerdown', 'keydown'];

/** @type {(() => void) | null} */
let release = null;
/** @type {(() => void)[]} */
const waiting = [];

/** Resolves when nothing is held, so that what stands above may change its height. @returns {Promise<void>} */
export const whenReleased = () => new Promise((resolve) => (release ? waiting.push(resolve) : resolve()));

/**
 * Scrolls to an element and keeps it at the top while the page around it settles.
 * @param {Element} element
 */
export function holdInPlace(element) {
  release?.();
  const settle = () => element.scrollIntoView({ block: 'start', behavior: 'instant' });
  const observer = new ResizeObserver(settle);
  const timer = setTimeout(() => release?.(), LONGEST_MS);
  release = () => {
    observer.disconnect();
    clearTimeout(timer);
    for (const move of MOVES) removeEventListener(move, letGo);
    release = null;
    for (const go of waiting.splice(0)) go();
  };
  for (const move of MOVES) addEventListener(move, letGo, { passive: true });
  observer.observe(document.body); // calls back at once, too
}

function letGo() {
  release?.();
}

/** Holds what the address's #hash names, now and whenever it changes. */
export function holdHash() {
  const hold = () => {
    const target = document.getElementById(location.hash.slice(1)); // ids here are plain ASCII
    if (target) holdInPlace(target);
  };
  addEventListener('hashchange', hold);
  if (location.hash) hold();
}
