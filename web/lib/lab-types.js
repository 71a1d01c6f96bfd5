/**
 * The types of a lab as JavaScript sees it. src/labs/lab.h is the authority; data/labs.json holds the declarations.
 *
 * @typedef {{ name: string, label: string }} LabChoice
 * @typedef {{ name: string, label: string, unit: string, kind: 'number' | 'integer' | 'choice' | 'toggle',
 *   min: number, max: number, initial: number, step: number, log: boolean, live: boolean, advanced: boolean,
 *   group: string | null, help: string | null, choices: LabChoice[] }} LabParam
 * @typedef {{ title: string | null, log: boolean, min: number, max: number }} LabAxis
 * @typedef {'accent' | 'blue' | 'teal' | 'amber' | 'muted' | 'ok' | 'bad'} LabColour
 * @typedef {'default' | 'line' | 'dashed' | 'points' | 'stair' | 'bars' | 'vertical' | 'horizontal' | 'ghost'} LabMark
 * @typedef {{ name: string, label: string, colour: LabColour, mark: LabMark }} LabSeries
 * @typedef {'line' | 'scatter' | 'bars' | 'histogram' | 'surface' | 'maps' | 'matrix' | 'graph' | 'table' | 'timeline'
 *   | 'pad'} LabViewKind
 * @typedef {{ code: string | null, formula: string | null, formula_html?: string | null, help: string | null,
 *   measured: boolean }} LabSource what "open the box" needs to know of a view or a readout
 * @typedef {{ name: string, title: string, kind: LabViewKind, x: LabAxis, y: LabAxis, series: LabSeries[],
 *   pick: boolean, wide: boolean, absent: string | null, ink_width: number, ink_height: number } & LabSource} LabView
 * @typedef {{ name: string, label: string, unit: string | null, digits: number, absent: string | null,
 *   choices: (LabChoice | string)[] | null, minor: boolean } & LabSource} LabReadout
 * @typedef {{ name: string, label: string, help: string | null }} LabAction
 * @typedef {{ name: string, sentence: string, preset: string | null }} LabGoal
 * @typedef {{ param: number, choice: number, min_rows: number, max_rows: number, help: string,
 *   columns: { name: string, label: string, kind: 'number' | 'two_classes' }[] }} LabCsv
 * @typedef {{ name: string, title: string, question: string, step_label: string, steps: number,
 *   steps_per_second: number, source: string, data: string | null, csv: LabCsv | null, model: boolean, main_views: number, params: LabParam[], views: LabView[], readouts: LabReadout[],
 *   actions: LabAction[], goals: LabGoal[] }} LabDeclaration
 *
 * @typedef {{ params: number[], seed: number }} LabSettings in the order of the declaration
 *
 * @typedef {{ x0: number, x1: number, y0: number, y1: number, low: number, high: number }} GridBounds
 * @typedef {{ kind: 'points' | 'grid' | 'column' | 'spans' | 'edges', series: number, rows: number, columns: number,
 *   labels: string[], bounds: GridBounds | null, values: Float32Array, arrays: Record<string, Float32Array> }} Block
 *   What one lab_put_* call drew. `arrays` names the columns: x y class size ring; value (column); start end lane
 *   value; from to lit. A grid has its rows x columns numbers in `values`, from the lowest y.
 * @typedef {{ blocks: Block[], full: boolean, current?: boolean }} ViewFrame
 * @typedef {{ view: number, floats: Float32Array, labels: string[], full: boolean, current?: boolean }} RawView a view as
 *   it crosses over; `current`: it knows of everything that the reader has drawn
 * @typedef {{ drawings: number, steps: number, finished: boolean, running: boolean, error: string, readouts: Float64Array, goals: number,
 *   views: RawView[] }} LabFrame `goals` has a bit for each goal met, `drawings` counts what has been drawn on a pad
 *
 * @typedef {{ frame: LabFrame, settings: LabSettings, code: string }} PinnedRun a run to compare with, all views at one
 *   moment; `code`: the challenge whose code it ran with, or ""
 *
 * @typedef {{ module: WebAssembly.Module, title: string, passed: boolean,
 *   explain: (trap: import('../compiler/traps.js').Trap) => Promise<{ message: string, line: number }> }} LabDriver
 *   A reader's function in front of the library's: the lab's module with it, its challenge's title, whether it passes
 *   all checks, and what turns a trap into a sentence.
 */
export {};
