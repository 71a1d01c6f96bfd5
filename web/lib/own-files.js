/**
 * The reader's own files, one for each lab: a restarted worker gets them again, and so does a reloaded page. They are
 * kept in the tab's session storage, which goes when the tab is closed; a large one only as long as the page is open.
 * They go to the lab's worker and nowhere else.
 */
/** @typedef {import('./own-data.js').OwnFile} OwnFile */

export const KEPT_BYTES = 2_000_000; // browsers give a site some 5 MB for the session, and another lab may want some

/** @type {Map<string, OwnFile>} */
const files = new Map();

/** @param {string} lab */
const key = (lab) => `laymanz own file ${lab}`;

/** A letter for each byte. @param {Uint8Array} bytes */
function written(bytes) {
  let text = '';
  for (let at = 0; at < bytes.length; at += 0x8000) text += String.fromCharCode(...bytes.subarray(at, at + 0x8000));
  return text;
}

/** What was kept before the page was loaded. @param {string} lab @returns {OwnFile | undefined} */
function kept(lab) {
  try {
    const { name, columns, text } = JSON.parse(sessionStorage.getItem(key(lab)) ?? '{}');
    if (typeof name !== 'string' || typeof text !== 'string') return undefined;
    const bytes = Uint8Array.from(text, (/** @type {string} */ c) => c.charCodeAt(0));
    return { name, bytes, columns: Array.isArray(columns) ? columns.map(Number) : null };
  } catch {
    return undefined; // no storage here, or what is in it is not ours
  }
}

/** @param {string} lab @returns {OwnFile | undefined} */
export function ownFile(lab) {
  const file = files.get(lab) ?? kept(lab);
  if (file) files.set(lab, file);
  return file;
}

/** @param {string} lab @param {OwnFile} own */
export function keepOwnFile(lab, own) {
  files.set(lab, own);
  try {
    sessionStorage.removeItem(key(lab));
    if (own.bytes.length > KEPT_BYTES) return;
    sessionStorage.setItem(key(lab), JSON.stringify({ name: own.name, columns: own.columns, text: written(own.bytes) }));
  } catch {
    // refused, or full: isKept tells
  }
}

/** @param {string} lab */
export function forgetOwnFile(lab) {
  files.delete(lab);
  try {
    sessionStorage.removeItem(key(lab));
  } catch {
    // where nothing is kept, nothing is to be forgotten
  }
}

/** Whether a reload finds it. @param {string} lab */
export function isKept(lab) {
  try {
    return sessionStorage.getItem(key(lab)) !== null;
  } catch {
    return false;
  }
}
