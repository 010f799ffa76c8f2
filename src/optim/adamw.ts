import { GraphBuilder } from '../onnx/builder.js'
import type { Graph } from '../onnx/graph.js'

/** AdamW's constants (Loshchilov and Hutter 2019), those of `torch.optim.AdamW`. */
export interface AdamWOptions {
  /** How much of the mean of the gradients a step keeps. */
  readonly beta1: number
  /** How much of the mean of their squares a step keeps. */
  readonly beta2: number
  readonly epsilon: number
}

/** PyTorch's defaults. */
export const adamWDefaults: AdamWOptions = { beta1: 0.9, beta2: 0.999, epsilon: 1e-8 }

/**
 * The graph of `optimizer_model.onnx`: one `AdamWOptimizer` over sequences of tensors, in PyTorch's order (`adam_mode` 0), with the
 * inputs that ONNX Runtime's on-device training demands by name and order.
 *
 * @param weightDecay the decoupled weight decay of every parameter
 */
export function buildOptimizerModel({
  beta1,
  beta2,
  epsilon,
  weightDecay,
}: AdamWOptions & { readonly weightDecay: number }): Graph {
  const b = new GraphBuilder('optimizer_model')
  const inputs = [b.input('learning_rate', 'float32', [1]), b.input('step', 'int64', [1])]
  for (const name of ['params', 'gradients', 'first_order_moments', 'second_order_moments']) {
    inputs.push(b.input(name, 'float32', [], true))
  }
  const attributes = { alpha: beta1, beta: beta2, epsilon, weight_decay: weightDecay, correct_bias: 1, adam_mode: 0 }
  b.output(b.emit('AdamWOptimizer', inputs, attributes, { outputs: ['updated_flag'] }))
  return b.build()
}
