/**
 * Writes ONNX models: as much of the format as the graphs of contenders/ort.js need. Protocol Buffers by hand: a field
 * is a key (number and kind), then a varint, four bytes, or a length and bytes.
 * Source: the ONNX project's onnx.proto (field numbers below); Protocol Buffers' encoding guide.
 */

/** @typedef {number[]} Bytes */

/** @param {number} value a whole number from 0 on @returns {Bytes} */
function varint(value) {
  const bytes = [];
  for (; value > 127; value = Math.floor(value / 128)) bytes.push((value % 128) + 128);
  return [...bytes, value];
}

const whole = (/** @type {number} */ field, /** @type {number} */ value) => [...varint(field * 8), ...varint(value)];
const block = (/** @type {number} */ field, /** @type {Iterable<number>} */ bytes) => {
  const content = [...bytes];
  return [...varint(field * 8 + 2), ...varint(content.length), ...content];
};
const text = (/** @type {number} */ field, /** @type {string} */ value) =>
  block(field, new TextEncoder().encode(value));
const single = (/** @type {number} */ field, /** @type {number} */ value) => [
  ...varint(field * 8 + 5),
  ...new Uint8Array(new Float32Array([value]).buffer),
];

const FLOAT = 1;

/**
 * AttributeProto: name 1, f 2, i 3, ints 8, type 20.
 * @param {string} name @param {number | { float: number } | number[]} value
 */
function attribute(name, value) {
  if (Array.isArray(value)) return [...text(1, name), ...value.flatMap((v) => whole(8, v)), ...whole(20, 7)];
  if (typeof value === 'object') return [...text(1, name), ...single(2, value.float), ...whole(20, 1)];
  return [...text(1, name), ...whole(3, value), ...whole(20, 2)];
}

/** ValueInfoProto: name 1, type 2; TypeProto: tensor_type 1 { elem_type 1, shape 2 { dim 1 { dim_value 1 } } }. */
function valueInfo(/** @type {string} */ name, /** @type {number[]} */ size) {
  const shape = size.flatMap((s) => block(1, whole(1, s)));
  return [...text(1, name), ...block(2, block(1, [...whole(1, FLOAT), ...block(2, shape)]))];
}

/** A graph under construction; every function returns the name of what it makes. */
export class Graph {
  /** @type {Bytes[]} */
  #nodes = [];
  /** @type {Bytes[]} */
  #constants = [];
  /** @type {Bytes[]} */
  #inputs = [];
  #count = 0;

  /** @param {string} name @param {number[]} size */
  input(name, size) {
    this.#inputs.push(valueInfo(name, size));
    return name;
  }

  /** TensorProto: dims 1, data_type 2, name 8, raw_data 9. @param {Float32Array} data @param {number[]} size */
  constant(data, size) {
    const name = `constant${this.#count++}`;
    this.#constants.push([
      ...size.flatMap((s) => whole(1, s)),
      ...whole(2, FLOAT),
      ...text(8, name),
      ...block(9, new Uint8Array(data.buffer, data.byteOffset, data.byteLength)),
    ]);
    return name;
  }

  /** A single number. @param {number} value */
  number(value) {
    return this.constant(new Float32Array([value]), []);
  }

  /**
   * NodeProto: input 1, output 2, op_type 4, attribute 5.
   * @param {string} operation
   * @param {string[]} inputs
   * @param {Record<string, number | { float: number } | number[]>} [attributes]
   * @param {string} [output]
   */
  node(operation, inputs, attributes = {}, output = `value${this.#count++}`) {
    this.#nodes.push([
      ...inputs.flatMap((name) => text(1, name)),
      ...text(2, output),
      ...text(4, operation),
      ...Object.entries(attributes).flatMap(([name, value]) => block(5, attribute(name, value))),
    ]);
    return output;
  }

  /**
   * ModelProto: ir_version 1, graph 7, opset_import 8 { version 2 }. GraphProto: node 1, name 2, initializer 5,
   * input 11, output 12.
   * @param {Record<string, number[]>} outputs names and sizes
   */
  model(outputs) {
    const graph = [
      ...this.#nodes.flatMap((node) => block(1, node)),
      ...text(2, 'graph'),
      ...this.#constants.flatMap((constant) => block(5, constant)),
      ...this.#inputs.flatMap((input) => block(11, input)),
      ...Object.entries(outputs).flatMap(([name, size]) => block(12, valueInfo(name, size))),
    ];
    return new Uint8Array([...whole(1, 8), ...block(7, graph), ...block(8, whole(2, 17))]);
  }
}
