/** Quiet sentences at the top of the page, announced to screen readers. */

/**
 * Shows a sentence, in place of an earlier one of the same key.
 * @param {string | null} sentence null takes it away
 * @param {string} key
 */
export function notice(sentence, key) {
  const place = document.querySelector('.notices');
  if (!place) return;
  place.querySelector(`[data-key="${key}"]`)?.remove();
  if (!sentence) return;
  const line = document.createElement('p');
  line.dataset.key = key;
  line.textContent = sentence;
  const close = document.createElement('button');
  close.type = 'button';
  close.textContent = '×';
  close.setAttribute('aria-label', 'Close this message');
  close.addEventListener('click', () => line.remove());
  line.append(close);
  place.append(line);
}
