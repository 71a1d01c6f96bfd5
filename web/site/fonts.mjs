/**
 * The fonts as the site serves them: of the packages' variable fonts, the weights that the styles use (400 to 700) and
 * what a browser sets without being asked, plus figures of one width. That is a third less for a first visit to fetch.
 */
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import subsetFont from 'subset-font';

/** Letters and signs of the packages' "latin" files: Latin-1, and what good typesetting adds. */
const RANGES = [[0x20, 0x7e], [0xa0, 0xff], [0x131, 0x131], [0x152, 0x153], [0x2c6, 0x2dc], [0x2000, 0x206f], [0x20ac, 0x20ac],
  [0x2122, 0x2122], [0x2191, 0x2193], [0x2212, 0x2215]];
const LETTERS = RANGES.flatMap(([from, to]) => Array.from({ length: to - from + 1 }, (_, i) => String.fromCodePoint(from + i)));
const WEIGHTS = { min: 400, max: 700 };
const FEATURES = ['calt', 'ccmp', 'clig', 'kern', 'liga', 'locl', 'mark', 'mkmk', 'rlig', 'rvrn', 'tnum'];

const SOURCES = ['source-serif-4', 'inter', 'jetbrains-mono'];

// The licence of Source Serif (SIL Open Font License 1.1, section 3) reserves the word "Source" for what its makers have
// made, and a cut-down font is something else: it goes by another name. The new word is as long as the old one, so that
// only the bytes of the names change, and the checksums over them.
const [RESERVED, OURS] = ['Source', 'Layman'];
const SPOKEN_OF = new Set([0, 7, 13, 14]); // copyright, trademark and licence, which speak of the original

/** Of an sfnt: where a table's entry stands in its directory. @param {DataView} font @param {string} tag */
function entryOf(font, tag) {
  for (let at = 12, n = font.getUint16(4); n > 0; n--, at += 16)
    if (String.fromCharCode(...new Uint8Array(font.buffer, font.byteOffset + at, 4)) === tag) return at;
  throw new Error(`a font without a table "${tag}"`);
}

/** As OpenType sums: words of 32 bits, zeros after the end. @param {DataView} font @param {number} from @param {number} length */
function checksum(font, from, length) {
  let sum = 0;
  for (let at = 0; at < length; at += 4)
    for (let k = 0; k < 4; k++) sum = (sum + (at + k < length ? font.getUint8(from + at + k) * 2 ** (24 - 8 * k) : 0)) >>> 0;
  return sum;
}

/**
 * The font under a name that is not reserved. @param {Buffer} bytes an sfnt; is changed
 */
function rename(bytes) {
  const font = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
  const entry = entryOf(font, 'name'), head = font.getUint32(entryOf(font, 'head') + 8);
  const names = font.getUint32(entry + 8), texts = names + font.getUint16(names + 4);
  for (let at = names + 6, n = font.getUint16(names + 2); n > 0; n--, at += 12) {
    if (SPOKEN_OF.has(font.getUint16(at + 6))) continue;
    const text = bytes.subarray(texts + font.getUint16(at + 10)).subarray(0, font.getUint16(at + 8));
    const wide = font.getUint16(at) !== 1; // UTF-16, big-endian; Macintosh names are a byte a letter
    const written = (/** @type {string} */ word) => Buffer.from(word.split('').flatMap((c) => (wide ? [0, c.charCodeAt(0)] : [c.charCodeAt(0)])));
    for (let found = 0; (found = text.indexOf(written(RESERVED), found)) >= 0;) written(OURS).copy(text, found);
  }
  font.setUint32(entry + 4, checksum(font, names, font.getUint32(entry + 12)));
  font.setUint32(head + 8, 0);
  font.setUint32(head + 8, (0xb1b0afba - checksum(font, 0, bytes.length)) >>> 0);
  return bytes;
}

/** @param {string} path */
async function lean(path) {
  const letters = LETTERS.join('');
  const cut = await subsetFont(await readFile(path), letters,
    { targetFormat: 'sfnt', variationAxes: { wght: WEIGHTS }, keepFeatures: FEATURES });
  return subsetFont(rename(cut), letters, { targetFormat: 'woff2', keepFeatures: FEATURES });
}

/** For esbuild: whatever imports a font gets it so. @type {import('esbuild').Plugin} */
export const leanFonts = {
  name: 'lean-fonts',
  setup({ onLoad }) {
    onLoad({ filter: /\.woff2$/ }, async ({ path }) => ({ contents: await lean(path), loader: 'file' }));
  },
};

/** What must go with the fonts: whose they are, what was done to them, and their licences. @param {string} modules node_modules */
export async function fontLicences(modules) {
  const texts = await Promise.all(SOURCES.map((name) => readFile(join(modules, '@fontsource-variable', name, 'LICENSE'), 'utf8')));
  return `The fonts of this site are modified versions, cut down to its letters and weights, of Source Serif 4, Inter and
JetBrains Mono, under the licences below. Source Serif 4 is © 2014 - 2021 Adobe Systems Incorporated
(http://www.adobe.com/), with Reserved Font Name 'Source'; the modified version is named Layman Serif 4.

${texts.map((text, i) => `${'='.repeat(30)} ${SOURCES[i]}\n\n${text.trim()}\n`).join('\n')}`;
}
