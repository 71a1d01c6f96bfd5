/**
 * "63 %", "0,63" and "1,000" as people type them; undefined if it is no number.
 * @param {string} text
 * @returns {number | undefined}
 */
export function readNumber(text) {
  const bare = text.trim().replace(/\s*%$/, '').replace(/(\d),(?=\d{3}(\D|$))/g, '$1').replace(',', '.').replace(/\s/g, '');
  return /^[-+]?(\d+\.?\d*|\.\d+)(e[-+]?\d+)?$/i.test(bare) ? Number(bare) : undefined;
}
