/** What is too wide for the screen scrolls by itself; whoever has no mouse must be able to reach it. */

/**
 * Makes formulas and tables focusable while, and only while, they are wider than their place.
 * @param {ParentNode} root
 */
export function reachScrollers(root = document) {
  const observer = new ResizeObserver((entries) => {
    for (const { target } of entries) {
      if (target.scrollWidth > target.clientWidth) target.setAttribute('tabindex', '0');
      else target.removeAttribute('tabindex');
    }
  });
  for (const scroller of root.querySelectorAll('.formula, .table')) observer.observe(scroller);
}
