/**
 * Which of the labs' two modules runs: the exact one, whose results are the same everywhere, or, where the reader wants
 * it and the browser can, the one whose kernels fuse a multiplication and an addition: faster on some processors, and
 * other last digits. Remembered in this browser.
 */
import { hasRelaxedSimd } from './simd.js';

const KEY = 'laymanz-arithmetic';
const FUSED = 'fused';

/** @fires change - when the reader has chosen the other */
class Arithmetic extends EventTarget {
  constructor() {
    super();
    /** Whether this browser leaves a choice. */
    this.available = hasRelaxedSimd();
    this.chosen = remembered();
  }

  get fused() {
    return this.available && this.chosen;
  }

  set fused(fused) {
    if (fused === this.fused) return;
    this.chosen = fused;
    remember(fused);
    this.dispatchEvent(new Event('change'));
  }
}

function remembered() {
  try {
    return localStorage.getItem(KEY) === FUSED;
  } catch {
    return false; // Storage is blocked.
  }
}

/** @param {boolean} fused */
function remember(fused) {
  try {
    if (fused) localStorage.setItem(KEY, FUSED);
    else localStorage.removeItem(KEY);
  } catch {
    // Storage is blocked: the choice lasts until the page is closed.
  }
}

export const arithmetic = new Arithmetic();
