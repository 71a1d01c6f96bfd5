/** Asks for all parts of a lab's card at once, which the page names: else each would be found only in the one before. */
export function fetchLabParts() {
  for (const link of /** @type {NodeListOf<HTMLLinkElement>} */ (document.querySelectorAll('link[rel=lab-part]')))
    link.rel = 'modulepreload';
}
