/** How numbers look on the page: enough digits, no more, and minus signs that are minus signs. */

const SUPERSCRIPT = '⁰¹²³⁴⁵⁶⁷⁸⁹';

/** @param {number} exponent */
const superscript = (exponent) =>
  (exponent < 0 ? '⁻' : '') + [...String(Math.abs(exponent))].map((digit) => SUPERSCRIPT[Number(digit)]).join('');

/**
 * With that many significant digits; whole numbers, and the whole part of large ones, in full.
 * @param {number} value
 * @param {number} [digits] 0: three
 * @returns {string}
 */
export function formatNumber(value, digits = 3) {
  if (Number.isNaN(value)) return '–';
  if (!Number.isFinite(value)) return value > 0 ? '∞' : '−∞';
  const wanted = digits || 3;
  const size = Math.abs(value);
  const whole = Number.isInteger(value);
  let text;
  if (size !== 0 && (size < 1e-3 || size >= 1e9)) text = scientific(size, whole ? 2 : wanted);
  else if (whole || size >= 10 ** wanted) text = Math.round(size).toLocaleString('en-GB');
  else text = fixed(size, wanted);
  return value < 0 && text !== '0' ? `−${text}` : text;
}

/**
 * @param {number} size
 * @param {number} digits
 */
function fixed(size, digits) {
  const places = Math.max(0, digits - 1 - Math.floor(Math.log10(size)));
  const text = size.toFixed(Math.min(places, 12));
  return size >= 1000 ? Number(text).toLocaleString('en-GB', { maximumFractionDigits: places }) : text;
}

/**
 * @param {number} size
 * @param {number} digits
 */
function scientific(size, digits) {
  const [mantissa, exponent] = size.toExponential(digits - 1).split('e');
  const short = mantissa.includes('.') ? mantissa.replace(/\.?0+$/, '') : mantissa;
  return short === '1' ? `10${superscript(Number(exponent))}` : `${short}·10${superscript(Number(exponent))}`;
}

/**
 * A number beside an axis: as short as it can be.
 * @param {number} value
 */
export function formatTick(value) {
  const size = Math.abs(value);
  if (size !== 0 && (size < 1e-3 || size >= 1e6)) return (value < 0 ? '−' : '') + scientific(size, 3);
  const text = String(Number(size.toPrecision(6)));
  return (value < 0 ? '−' : '') + (size >= 10000 ? Number(text).toLocaleString('en-GB') : text);
}

/**
 * The value of a setting, as a person would type it.
 * @param {number} value
 */
export function formatSetting(value) {
  return String(Number(value.toPrecision(6)));
}

/**
 * The shortest text that reads back as the same float32: what a CSV holds.
 * @param {number} value
 */
export function shortestFloat(value) {
  for (let digits = 6; digits < 9; digits++) {
    const short = Number(value.toPrecision(digits));
    if (Math.fround(short) === value) return String(short);
  }
  return String(value);
}

/**
 * A figure as the reader sees it, without its unit.
 * @param {import('./lab-types.js').LabReadout} readout
 * @param {number | undefined} value
 */
export function readoutText(readout, value) {
  if (value === undefined) return '–';
  if (value === -1 && readout.absent) return readout.absent;
  const choice = readout.choices?.[value];
  if (choice !== undefined) return typeof choice === 'string' ? choice : choice.label;
  return formatNumber(value, readout.digits);
}
