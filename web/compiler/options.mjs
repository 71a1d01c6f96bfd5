/**
 * The value of a command-line option that must be there: `--NAME VALUE`.
 * @param {string} name
 * @returns {string}
 */
export function option(name) {
  const at = process.argv.indexOf(`--${name}`);
  const value = at < 0 ? undefined : process.argv[at + 1];
  if (value === undefined) {
    console.error(`usage: node ${process.argv[1]} --${name} VALUE`);
    process.exit(2);
  }
  return value;
}
