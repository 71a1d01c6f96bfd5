/** Fonts that were changed do not carry a name that their licence reserves, and the licences go with the site. */
import assert from 'node:assert/strict';
import { join } from 'node:path';
import { test } from 'node:test';
import { fileURLToPath } from 'node:url';
import subsetFont from '../../web/node_modules/subset-font/index.js';
import { fontLicences, leanFonts } from '../../web/site/fonts.mjs';

const MODULES = fileURLToPath(new URL('../../web/node_modules', import.meta.url));
let load;
leanFonts.setup({ onLoad: (_, made) => (load = made) });

/** The names of a font by their number in OpenType's table. @param {Buffer} woff2 */
async function namesOf(woff2) {
  const bytes = await subsetFont(woff2, 'A', { targetFormat: 'sfnt' });
  const at = Array.from({ length: bytes.readUInt16BE(4) }, (_, i) => 12 + 16 * i).find((entry) => bytes.toString('latin1', entry, entry + 4) === 'name');
  const names = bytes.readUInt32BE(at + 8), texts = names + bytes.readUInt16BE(names + 4);
  return new Map(Array.from({ length: bytes.readUInt16BE(names + 2) }, (_, i) => {
    const record = names + 6 + 12 * i, from = texts + bytes.readUInt16BE(record + 10);
    return [bytes.readUInt16BE(record + 6), Buffer.from(bytes.subarray(from, from + bytes.readUInt16BE(record + 8))).swap16().toString('utf16le')];
  }));
}

test('a cut-down font has none of the reserved names, and says whose it was', async () => {
  for (const style of ['normal', 'italic']) {
    const { contents } = await load({ path: join(MODULES, `@fontsource-variable/source-serif-4/files/source-serif-4-latin-wght-${style}.woff2`) });
    const names = await namesOf(contents);
    const [copyright, family, , , whole, , postscript] = [0, 1, 2, 3, 4, 5, 6].map((id) => names.get(id));
    assert.match(copyright, /Adobe Systems.* Reserved Font Name ‘Source’/);
    assert.match(family, /^Layman Serif 4/);
    assert.match(whole, /^Layman Serif 4/);
    assert.match(postscript, /^LaymanSerif4/);
    for (const [id, name] of names) if (id !== 0) assert.doesNotMatch(name, /Source/i, `name ${id}`);
  }
});

test('the other two fonts reserve no name', async () => {
  for (const name of ['inter', 'jetbrains-mono']) {
    const { contents } = await load({ path: join(MODULES, `@fontsource-variable/${name}/files/${name}-latin-wght-normal.woff2`) });
    assert.doesNotMatch((await namesOf(contents)).get(0), /Reserved/);
  }
});

test('the licences of all three are in one file', async () => {
  const text = await fontLicences(MODULES);
  for (const maker of ['Adobe Systems', 'The Inter Project Authors', 'The JetBrains Mono Project Authors']) assert.ok(text.includes(maker), maker);
  assert.equal(text.match(/SIL OPEN FONT LICENSE Version 1.1/gi).length, 3);
});
