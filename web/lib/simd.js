/**
 * The smallest module that uses a SIMD instruction: one function without parameters, i32.const 0, i8x16.splat, drop.
 */
const PROBE = new Uint8Array([
  0x00, 0x61, 0x73, 0x6d, 0x01, 0x00, 0x00, 0x00, // magic, version
  0x01, 0x04, 0x01, 0x60, 0x00, 0x00, // types: () -> ()
  0x03, 0x02, 0x01, 0x00, // one function of that type
  0x0a, 0x09, 0x01, 0x07, 0x00, // code: one body of 7 bytes, no locals
  0x41, 0x00, 0xfd, 0x0f, 0x1a, 0x0b, // i32.const 0; i8x16.splat; drop; end
]);

/** Whether this browser runs WebAssembly with 128-bit SIMD. */
export function hasSimd() {
  return typeof WebAssembly === 'object' && WebAssembly.validate(PROBE);
}

/** The same of relaxed SIMD: i32.const 0 and i8x16.splat three times, f32x4.relaxed_madd, drop. */
const RELAXED_PROBE = new Uint8Array([
  ...PROBE.subarray(0, 18),
  0x0a, 0x14, 0x01, 0x12, 0x00, // code: one body of 18 bytes, no locals
  0x41, 0x00, 0xfd, 0x0f, 0x41, 0x00, 0xfd, 0x0f, 0x41, 0x00, 0xfd, 0x0f,
  0xfd, 0x85, 0x02, 0x1a, 0x0b,
]);

/** Whether this browser runs relaxed SIMD, which may fuse a multiplication and an addition. */
export function hasRelaxedSimd() {
  return typeof WebAssembly === 'object' && WebAssembly.validate(RELAXED_PROBE);
}
