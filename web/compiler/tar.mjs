/**
 * The regular files of a tar archive.
 * @param {Buffer} tar
 * @returns {Generator<[string, Uint8Array]>} name and contents, in place
 */
export function* untar(tar) {
  const BLOCK = 512;
  for (let at = 0; at + BLOCK <= tar.length;) {
    const text = (/** @type {number} */ from, /** @type {number} */ length) =>
      tar.toString('utf8', at + from, at + from + length).replace(/\0.*$/s, '');
    const name = text(0, 100),
      size = parseInt(text(124, 12), 8) || 0,
      type = text(156, 1);
    if (name === '') return;
    if (type === '0' || type === '') yield [name, tar.subarray(at + BLOCK, at + BLOCK + size)];
    at += BLOCK + Math.ceil(size / BLOCK) * BLOCK;
  }
}
