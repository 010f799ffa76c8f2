import type { Tensor } from './tensor.js'

/** A loaded ONNX model on whatever runtime the host has. */
export interface ModelSession {
  /** Runs the model once. Keys are the names of the model's inputs and outputs. */
  run(feeds: Readonly<Record<string, Tensor>>): Promise<Readonly<Record<string, Tensor>>>
  /** Frees the runtime's memory. The session is not used afterwards. */
  release(): Promise<void>
}
