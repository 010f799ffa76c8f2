import type { GraphBuilder } from '../onnx/builder.js'
import type { Value } from '../onnx/graph.js'

/**
 * The mean of the squared differences over all elements, a scalar: `torch.nn.MSELoss`.
 *
 * @param outputName the full name of the result
 */
export function meanSquaredError(b: GraphBuilder, prediction: Value, target: Value, outputName: string): Value {
  const difference = b.emit('Sub', [prediction, target])
  const squared = b.emit('Mul', [difference, difference])
  return b.emit('ReduceMean', [squared], { keepdims: 0 }, { outputs: [outputName] })
}
