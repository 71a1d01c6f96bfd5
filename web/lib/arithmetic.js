/**
 * Which of the labs' two modules runs: the exact one, whose results are the same everywhere, or, where the reader wants
 * it and the browser can, the one that fuses a multiplication and an addition. Remembered in this browser.
 */
import { hasRelaxedSimd } from './simd.js';

const KEY = 'laymanz-arithmetic';
const FAST = 'fast';

/** @fires change - when the reader has chosen the other */
class Arithmetic extends EventTarget {
  constructor() {
    super();
    /** Whether this browser leaves a choice. */
    this.available = hasRelaxedSimd();
    this.chosen = remembered();
  }

  get fast() {
    return this.available && this.chosen;
  }

  set fast(fast) {
    if (fast === this.fast) return;
    this.chosen = fast;
    remember(fast);
    this.dispatchEvent(new Event('change'));
  }
}

function remembered() {
  try {
    return localStorage.getItem(KEY) === FAST;
  } catch {
    return false; // Storage is blocked.
  }
}

/** @param {boolean} fast */
function remember(fast) {
  try {
    if (fast) localStorage.setItem(KEY, FAST);
    else localStorage.removeItem(KEY);
  } catch {
    // Storage is blocked: the choice lasts until the page is closed.
  }
}

export const arithmetic = new Arithmetic();
