/** Whether "/" opens the search. Who speaks to the computer may want it off (WCAG 2.1.4); remembered in this browser. */
const KEY = 'laymanz-slash';
let off = false; // where nothing can be kept, until the page is closed

export function slashOpens() {
  try {
    return !off && localStorage.getItem(KEY) !== 'off';
  } catch {
    return !off;
  }
}

/** @param {boolean} opens */
export function setSlash(opens) {
  off = !opens;
  try {
    if (opens) localStorage.removeItem(KEY);
    else localStorage.setItem(KEY, 'off');
  } catch {
    // Storage is blocked: it lasts until the page is closed.
  }
}
