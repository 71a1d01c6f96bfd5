/**
 * A catalogue in no language, made from the English one: every sentence stands in ⟦…⟧, so that whatever a page shows without
 * these brackets comes from no catalogue.
 */
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import * as english from '../../web/strings/en.js';

export const PSEUDO = 'pseudo';

const wrapped = (value) => {
  if (typeof value === 'string') return JSON.stringify(`⟦${value}⟧`);
  return `(...values) => { const said = (${value})(...values); return Array.isArray(said) ? ['⟦', ...said, '⟧'] : \`⟦\${said}⟧\`; }`;
};

/** @param {string} folder where to write the catalogue */
export function writePseudo(folder) {
  mkdirSync(folder, { recursive: true });
  writeFileSync(join(folder, 'package.json'), '{"type": "module"}\n'); // Node 18 does not see for itself what the file is
  const parts = Object.entries(english).map(([part, words]) =>
    `export const ${part} = {\n${Object.entries(words).map(([key, value]) => `  ${key}: ${wrapped(value)},\n`).join('')}};\n`);
  writeFileSync(join(folder, `${PSEUDO}.js`), parts.join('\n'));
}
