/** Checks the finished pages: every link leads somewhere, no id is used twice, the pages' policy forbids nothing on them. */

/**
 * @param {Map<string, string>} pages HTML by path: "01-overview/index.html"
 * @param {{ slug: string, file: string, links: { href: string, line: number }[] }[]} lessons and whatever else has links
 * @param {import('./errors.mjs').Mistakes} mistakes
 */
export function checkPages(pages, lessons, mistakes) {
  const ids = new Map([...pages].map(([path, html]) => [path, idsOf(html)]));
  for (const [path, list] of ids) {
    const twice = new Set(list.filter((id, i) => list.indexOf(id) !== i));
    for (const id of twice) mistakes.add(path, 0, `the id "${id}" stands twice on this page; rename one heading or figure id.`);
  }
  for (const lesson of lessons) {
    for (const { href, line } of lesson.links) {
      const problem = linkProblem(href, `${lesson.slug}/index.html`, ids);
      if (problem) mistakes.add(lesson.file, line, problem);
    }
  }
  for (const [path, html] of pages) {
    const foreign = /<(?:script|link|img|iframe|source)\b[^>]*\b(?:src|href)="(?:https?:)?\/\/[^"]*"/.exec(html);
    if (foreign) mistakes.add(path, 0, `${foreign[0]} would load from another site; ship the file instead.`);
    const inline = /<[a-z][^>]*\s(?:style|on[a-z]+)="[^"]*"/.exec(html) ?? /<script(?![^>]*\ssrc=)[^>]*>/.exec(html);
    if (inline) mistakes.add(path, 0, `${inline[0]} is refused by the pages' Content-Security-Policy; use a file of web/styles or web/elements.`);
  }
}

/** @param {string} html */
function idsOf(html) {
  return [...html.matchAll(/\sid="([^"]+)"/g)].map((match) => match[1]);
}

/**
 * @param {string} href
 * @param {string} from the page it stands on
 * @param {Map<string, string[]>} ids of all pages
 * @returns {string | null}
 */
function linkProblem(href, from, ids) {
  if (/^https:\/\//.test(href)) return null;
  const lab = /^\?lab=[^#]*#(lab-(.*))$/.exec(href);
  if (lab) {
    return ids.get(from)?.includes(lab[1]) ? null : `the lab ${lab[2]} does not stand on this page; add a line {{lab ${lab[2]}}}.`;
  }
  if (/^[a-z]+:/i.test(href)) return `the link ${href} should start with https:// or lead to a page of the site.`;
  const url = new URL(href, `https://site/${from}`);
  const path = `${url.pathname.slice(1)}${url.pathname.endsWith('/') ? 'index.html' : ''}`;
  const target = ids.get(path);
  if (!target) return `the link ${href} leads to no page; pages are ${[...ids.keys()].join(', ')}.`;
  const id = decodeURIComponent(url.hash.slice(1));
  if (id && !target.includes(id)) return `the link ${href} leads to no heading: "${id}" is not on that page.`;
  return null;
}
