/* One file that holds many: a length (4 bytes, little-endian), an index in JSON ([[path, bytes], ...]), then the files
 * one after the other. The parts are read in place, without a copy. */

/**
 * @param {Map<string, Uint8Array>} files
 * @returns {Uint8Array<ArrayBuffer>}
 */
export function pack(files) {
  const index = new TextEncoder().encode(JSON.stringify([...files].map(([path, bytes]) => [path, bytes.length])));
  const total = [...files.values()].reduce((sum, bytes) => sum + bytes.length, 4 + index.length);
  const packed = new Uint8Array(total);
  new DataView(packed.buffer).setUint32(0, index.length, true);
  packed.set(index, 4);
  let at = 4 + index.length;
  for (const bytes of files.values()) {
    packed.set(bytes, at);
    at += bytes.length;
  }
  return packed;
}

/**
 * @param {ArrayBuffer} buffer
 * @returns {Map<string, Uint8Array>}
 */
export function unpack(buffer) {
  const length = new DataView(buffer).getUint32(0, true);
  /** @type {[string, number][]} */
  const index = JSON.parse(new TextDecoder().decode(new Uint8Array(buffer, 4, length)));
  const files = new Map();
  let at = 4 + length;
  for (const [path, bytes] of index) {
    files.set(path, new Uint8Array(buffer, at, bytes));
    at += bytes;
  }
  return files;
}
