import type { Tensor } from '../../tensor.js'

/**
 * A training's saved state: what ONNX Runtime's checkpoint file holds.
 *
 * The maps' order is kept by writing and reading, except that properties come back as integers, floats, texts.
 */
export interface Checkpoint {
  /** The parameters that training changes, by name. */
  readonly trainable: Map<string, Tensor>
  /** Everything else that the graph is fed with and that is no user input: frozen weights, running statistics. */
  readonly frozen: Map<string, Tensor>
  /** AdamW's state; null before the first step. */
  readonly optimizer: OptimizerState | null
  /** The run's own state. */
  readonly properties: Map<string, Property>
}

export interface OptimizerState {
  /** The one group that ONNX Runtime reads. */
  readonly group: 'group0'
  /** How many optimizer steps were taken. */
  readonly step: number
  /** Kept as float32, for information only: ONNX Runtime does not apply it. */
  readonly initialLearningRate: number
  /** One pair for every trainable parameter, in its type and shape; or none at all, which means zeros. */
  readonly moments: Map<string, Moments>
}

/** Exponential averages of a parameter's gradient and of its square. */
export interface Moments {
  readonly first: Tensor
  readonly second: Tensor
}

/**
 * The value of a property; its type in JavaScript is its type in the file: `bigint` int64, `number` float32, `string`
 * UTF-8. A number that float32 does not hold exactly is refused when writing, so that nothing is rounded unseen: use
 * `Math.fround`, a bigint or a text.
 */
export type Property = number | bigint | string
