import { GraphBuilder } from '../onnx/builder.js'
import type { Graph, Value } from '../onnx/graph.js'
import type { AdamWOptions } from './adamw.js'

/** Parameters that lie end to end in one vector and are stepped alike. */
export interface Bucket {
  readonly name: string
  /** Elements. */
  readonly length: number
}

type Betas = Pick<AdamWOptions, 'beta1' | 'beta2'>

/** The numbers of one bucket that change from step to step; its scalar inputs. */
export interface AdamWCoefficients {
  /** 1 - learning rate x weight decay */
  readonly decay: number
  /** What the quotient of the moments is multiplied with. */
  readonly stepSize: number
  /** What is added to the root of the second moment. */
  readonly epsilon: number
}

/**
 * AdamW as a graph over flat vectors: one chain of elementwise operators a bucket, thirteen passes whatever the number of parameters.
 * It is made of standard operators only and needs no lowering.
 *
 * Inputs of a bucket `b` of length L: `b.weights`, `b.gradients`, `b.momentums_1`, `b.momentums_2` [L]; `b.decay`, `b.step_size`,
 * `b.epsilon` [1], from {@link adamWCoefficients}. Outputs: `b.updated_weights`, `b.updated_momentums_1`, `b.updated_momentums_2` [L].
 */
export function buildFlatAdamW(buckets: readonly Bucket[], betas: Betas): Graph {
  const b = new GraphBuilder('flat_adamw')
  for (const bucket of buckets) b.scope(bucket.name, () => stepBucket(b, bucket, betas))
  return b.build()
}

/**
 * The coefficients of a step, in float64 whatever the graph computes with. With t steps taken, this one included, PyTorch's
 * update `lr / (1 - beta1^t) * m / (sqrt(v) / sqrt(1 - beta2^t) + eps)` is `stepSize * m / (sqrt(v) + epsilon)`.
 *
 * @param step t, from 1
 */
export function adamWCoefficients(
  { beta1, beta2, epsilon }: AdamWOptions,
  { learningRate, weightDecay, step }: { learningRate: number; weightDecay: number; step: number },
): AdamWCoefficients {
  const root = Math.sqrt(1 - beta2 ** step)
  return {
    decay: 1 - learningRate * weightDecay,
    stepSize: (learningRate * root) / (1 - beta1 ** step),
    epsilon: epsilon * root,
  }
}

function stepBucket(b: GraphBuilder, { name, length }: Bucket, { beta1, beta2 }: Betas): void {
  const input = (part: string, size: number): Value => b.input(`${name}.${part}`, 'float32', [size])
  const multiply = (x: Value, y: Value): Value => b.emit('Mul', [x, y])
  const updated = (op: 'Add' | 'Sub', x: Value, y: Value, part: string): Value =>
    b.output(b.emit(op, [x, y], {}, { outputs: [`${name}.updated_${part}`] }))
  const mean = (old: Value, value: Value, kept: number, part: string): Value =>
    updated('Add', multiply(old, b.scalar(kept)), multiply(value, b.scalar(1 - kept)), part)

  const weights = input('weights', length)
  const gradients = input('gradients', length)
  const momentum1 = mean(input('momentums_1', length), gradients, beta1, 'momentums_1')
  const momentum2 = mean(input('momentums_2', length), multiply(gradients, gradients), beta2, 'momentums_2')
  const root = b.emit('Add', [b.emit('Sqrt', [momentum2]), input('epsilon', 1)])
  const change = multiply(b.emit('Div', [momentum1, root]), input('step_size', 1))
  updated('Sub', multiply(weights, input('decay', 1)), change, 'weights')
}
