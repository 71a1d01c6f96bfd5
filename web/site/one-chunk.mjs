/**
 * For esbuild: keeps in one file what is needed at one moment. Splitting puts modules into one file only if the same parts
 * of the page need them, which makes a dozen crumbs of what every page, or every lab, fetches at once; each is a request,
 * and work for the page's thread. So a part that needs some of a group is made to need all of it.
 */
import { readFile } from 'node:fs/promises';
import { resolve } from 'node:path';

/**
 * @param {string} folder what esbuild's paths are relative to
 * @param {import('esbuild').Metafile} metafile of a build without this
 * @param {string[]} roots each with what it imports, and what that imports, is a group; what is in an earlier one is not in a later one
 * @returns {import('esbuild').Plugin}
 */
export function together(folder, { inputs }, roots) {
  const imported = (/** @type {string} */ path, /** @type {string} */ how) =>
    inputs[path].imports.filter(({ kind }) => kind === how).map((next) => next.path);
  const needs = (/** @type {string} */ root) => {
    const all = new Set([root]);
    for (const path of all) for (const next of imported(path, 'import-statement')) all.add(next);
    return all;
  };
  const later = Object.keys(inputs).flatMap((path) => imported(path, 'dynamic-import'));
  const entries = new Map([...roots, ...later].map((path) => [resolve(folder, path), needs(path)]));
  /** @type {Set<string>} */
  const taken = new Set(roots);
  const groups = roots.map((root) => {
    const group = [...needs(root)].filter((path) => !taken.has(path));
    for (const path of group) taken.add(path);
    return group;
  });
  const source = (/** @type {string[]} */ group) => group.map((path) => `import ${JSON.stringify(resolve(folder, path))};\n`).join('');
  return {
    name: 'together',
    setup(build) {
      build.onResolve({ filter: /^group:/ }, ({ path }) => ({ path, namespace: 'together' }));
      build.onLoad({ filter: /./, namespace: 'together' }, ({ path }) =>
        ({ contents: source(groups[Number(path.slice('group:'.length))]), resolveDir: folder }));
      build.onLoad({ filter: /\.js$/ }, async ({ path }) => {
        const needed = entries.get(path);
        if (!needed) return null;
        const whole = groups.map((group, i) => (group.some((part) => needed.has(part)) ? `\nimport 'group:${i}';` : ''));
        return { contents: (await readFile(path, 'utf8')) + whole.join(''), loader: 'js' };
      });
    },
  };
}
