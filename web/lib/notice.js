/** Quiet sentences at the top of the page, announced to screen readers. */
import { notice as strings } from '../strings/strings.js';

/**
 * Shows a sentence, in place of an earlier one of the same key.
 * @param {string | null} sentence null takes it away
 * @param {string} key
 * @param {{ label: string, act: () => void }} [action] a button that stands with it
 */
export function notice(sentence, key, action) {
  const place = document.querySelector('.notices');
  if (!place) return;
  place.querySelector(`[data-key="${key}"]`)?.remove();
  if (!sentence) return;
  const line = document.createElement('p');
  line.dataset.key = key;
  line.textContent = sentence;
  if (action) line.append(button(action.label, action.act, 'action'));
  const close = button('×', () => line.remove(), 'close');
  close.setAttribute('aria-label', strings.closeThisMessage);
  line.append(close);
  place.append(line);
}

/** @type {(label: string, act: () => void, kind: string) => HTMLButtonElement} */
function button(label, act, kind) {
  const made = document.createElement('button');
  made.type = 'button';
  made.className = kind;
  made.textContent = label;
  made.addEventListener('click', act);
  return made;
}
