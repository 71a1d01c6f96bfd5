/** Asks for all that a lab needs at once, which the page names: else each part would be found only in the one before. */
export function fetchLabParts() {
  for (const link of /** @type {NodeListOf<HTMLLinkElement>} */ (document.querySelectorAll('link[rel=lab-part]')))
    link.rel = link.as ? 'preload' : 'modulepreload';
}
