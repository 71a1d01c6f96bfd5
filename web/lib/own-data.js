/**
 * The reader's own file, as the page and a lab's worker speak of it.
 *
 * @typedef {{ name: string, bytes: Uint8Array, columns: number[] | null }} OwnFile columns: as the reader chose them;
 *   null: as the C reader finds them
 * @typedef {{ name: string, kind: string, missing: number, cells: string[] }} OwnColumn
 * @typedef {{ rows: number, columns: OwnColumn[], chosen: number[] }} OwnTable
 * @typedef {{ table: OwnTable | null, note: string, error: string }} OwnAnswer what the C reader made of a file
 */

import { ownTable as strings } from '../strings/strings.js';

const KINDS = [strings.number, strings.wholeNumber, strings.category, strings.text, strings.nothing]; // ml_column_kind

/**
 * @param {import('./lab-types.js').ViewFrame} frame as lab_table_describe draws it
 * @returns {OwnTable}
 */
export function readTable({ blocks: [head, ...columns] }) {
  const [rows, , ...chosen] = head.values;
  return {
    rows,
    chosen,
    columns: columns.map(({ values: [kind, missing], labels: [name, ...cells] }) =>
      ({ name, kind: KINDS[kind], missing, cells })),
  };
}
