/** Opens the search: by its button, by Ctrl or Cmd and K, and by "/" wherever that is not typed into something. */
import { bringPart } from './fetching.js';
import { notice } from './notice.js';
import { slashOpens } from './slash-key.js';
import { find as strings } from '../strings/strings.js';

const TYPED_INTO = 'textarea, select, [contenteditable], input:not([type=checkbox], [type=radio], [type=range], [type=button], [type=submit])';

export function offerSearch() {
  const button = /** @type {HTMLElement | null} */ (document.querySelector('button.find'));
  if (!button || document.documentElement.classList.contains('embed')) return;
  const address = button.dataset.index ?? '';
  button.addEventListener('click', () => open(address));
  document.addEventListener('keydown', (event) => {
    if (event.defaultPrevented || event.isComposing || !asksForSearch(event)) return;
    event.preventDefault(); // Ctrl-K would go to the browser's own search
    open(address);
  });
}

/** @param {KeyboardEvent} event */
function asksForSearch(event) {
  const { key, ctrlKey, metaKey, altKey, shiftKey } = event;
  if (altKey) return false;
  const apple = /Mac|iPhone|iPad/.test(navigator.platform); // where Ctrl-K cuts a line
  if (key.toLowerCase() === 'k') return !shiftKey && (apple ? metaKey && !ctrlKey : ctrlKey && !metaKey);
  if (key !== '/' || ctrlKey || metaKey || !slashOpens()) return false;
  return !event.composedPath().some((node) => node instanceof HTMLElement && (node.isContentEditable || node.matches(TYPED_INTO)));
}

/** @param {string} address */
async function open(address) {
  try {
    const { openSearch } = await bringPart(strings.theSearch, () => import('../elements/search-dialog.js'));
    notice(null, 'search');
    await openSearch(address);
  } catch (error) {
    const { message } = /** @type {Error} */ (error);
    notice(strings.everythingAlsoStandsOn(message), 'search', { label: strings.tryAgain, act: () => open(address) });
  }
}
