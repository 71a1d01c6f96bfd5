/**
 * Runs before the first paint, so that nothing flashes: the reader's colour scheme, and whether the page is an embed.
 */
try {
  const scheme = localStorage.getItem('laymanz-scheme');
  if (scheme === 'light' || scheme === 'dark') document.documentElement.dataset.scheme = scheme;
} catch {
  // Storage is blocked: the system's scheme it is.
}
const query = new URLSearchParams(location.search);
if (query.has('embed') && query.has('lab')) document.documentElement.classList.add('embed');
