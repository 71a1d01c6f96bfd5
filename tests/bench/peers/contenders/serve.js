/**
 * What every contender's worker does with messages: the part that is the same for all.
 *
 * @typedef {{ size: number[], data: Float32Array }} Tensor row by row
 * @typedef {{ name: string, tensors: Tensor[], rate: number }} Task what to do, on what; tensors: for the matrix
 *   product a and b; for training x, target, then weight, bias, weight, bias... as [inputs, outputs] and
 *   [height, width, channels, filters]; rate: the learning rate
 * @typedef {object} Race
 * @property {() => unknown} reset back to the initial weights; not timed
 * @property {(n: number) => unknown} run n steps, finished when it returns or resolves
 * @property {() => number | Float32Array | Promise<number | Float32Array>} result the loss at the present weights, or
 *   the product
 * @property {() => unknown} [close]
 */

/**
 * @param {Record<string, (task: Task) => Race | Promise<Race>>} races by the name of the task
 * @param {() => Promise<unknown>} [ready] what must happen before the first
 */
export function serve(races, ready = async () => {}) {
  /** @type {Race | undefined} */
  let race;
  const started = ready();
  const commands = {
    /** @param {Task} task */
    open: async (task) => {
      await started;
      await race?.close?.();
      race = await races[task.name](task);
      return race.result();
    },
    /** @param {number} n how many steps from the initial weights; returns milliseconds */
    run: async (n) => {
      await race?.reset();
      const begin = performance.now();
      await race?.run(n);
      return performance.now() - begin;
    },
    result: async () => race?.result(),
    close: async () => {
      await race?.close?.();
      race = undefined;
    },
  };
  onmessage = async ({ data: { id, command, argument } }) => {
    try {
      postMessage({ id, value: await commands[/** @type {keyof typeof commands} */ (command)](argument) });
    } catch (error) {
      postMessage({ id, error: String(/** @type {Error} */ (error).stack ?? error) });
    }
  };
}
