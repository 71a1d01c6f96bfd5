/**
 * Runs a WASI command, in Node or in a page, and returns what it printed. It asks for the time and to print, for nothing
 * else. Hangs on nothing outside itself: a page gets it as text.
 * @param {string} bytes - of the .wasm, in base64
 */
export async function runCommand(bytes) {
  const module = await WebAssembly.compile(Uint8Array.from(atob(bytes), (c) => c.charCodeAt(0)));
  let memory, text = "";
  const view = () => new DataView(memory.buffer);
  const wasi = {
    clock_time_get: (_id, _precision, out) => (view().setBigUint64(out, BigInt(Math.round(performance.now() * 1e6)), true), 0),
    fd_write(_fd, vectors, n, out) {
      let written = 0;
      for (let i = 0; i < n; i++) {
        const at = view().getUint32(vectors + 8 * i, true), length = view().getUint32(vectors + 8 * i + 4, true);
        text += new TextDecoder().decode(new Uint8Array(memory.buffer, at, length));
        written += length;
      }
      view().setUint32(out, written, true);
      return 0;
    },
    proc_exit(code) {
      throw new Error(`exit ${code}`);
    },
  };
  const imports = { env: { emscripten_notify_memory_growth() {} }, wasi_snapshot_preview1: wasi };
  for (const { module: from, name } of WebAssembly.Module.imports(module)) (imports[from] ??= {})[name] ??= () => 0;
  const { exports } = await WebAssembly.instantiate(module, imports);
  memory = exports.memory;
  try {
    exports._start();
  } catch (error) {
    if (!/exit 0/.test(error.message)) throw error;
  }
  return text;
}
