/** A heading's sign, "#": it leads to the heading and puts its address on the clipboard. */
import { anchors as strings } from '../strings/strings.js';

const SHOWN_MS = 2000;

export function copyAnchors() {
  document.addEventListener('click', (event) => {
    if (event.button !== 0 || event.ctrlKey || event.metaKey || event.shiftKey || event.altKey) return;
    const anchor = event.target instanceof Element && event.target.closest('a.anchor');
    if (anchor instanceof HTMLAnchorElement) copy(anchor);
  });
}

/** @param {HTMLAnchorElement} anchor */
async function copy(anchor) {
  const copied = await navigator.clipboard?.writeText(anchor.href).then(() => true, () => false);
  if (!copied) return; // the address bar has it
  document.querySelector('.copied')?.remove();
  const said = document.createElement('span');
  said.className = 'copied';
  said.setAttribute('role', 'status');
  anchor.after(said);
  said.textContent = strings.linkCopied;
  setTimeout(() => said.remove(), SHOWN_MS);
}
