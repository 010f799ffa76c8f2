import { describe, expect, it } from 'vitest'
import { lower } from '../../src/lowering/lower.js'
import { standardTarget } from '../../src/lowering/standard/index.js'
import { createModelSession } from '../../src/model-session.node.js'
import { serializeModel } from '../../src/onnx/serialize.js'
import type { Tensor } from '../../src/tensor.js'
import { blockedSuite, blockedTarget, blockSize } from '../support/blocked-runtime.js'
import { smallConfig, smallInputs, smallParameters } from '../support/small-exp9.js'
import { buildTrainingGraph } from '../support/training-graph.js'

const [rate, beta1, beta2, epsilon] = [1e-3, 0.9, 0.999, 1e-8]

/** One parameter and AdamW's moments of it. */
interface ParameterState {
  readonly weight: Float32Array
  readonly first: Float32Array
  readonly second: Float32Array
}

/**
 * Takes AdamW's step number t with one gradient, and compares it with the step that another would take.
 *
 * @returns squared norms of the difference and of the other's step
 */
function stepBeside(
  { weight, first, second }: ParameterState,
  taken: Float32Array,
  other: Float32Array,
  t: number,
): [distance: number, whole: number] {
  const [bias1, bias2] = [1 - beta1 ** t, 1 - beta2 ** t]
  const change = (m: number, v: number): number => (-rate * m) / bias1 / (Math.sqrt(v / bias2) + epsilon)
  let [distance, whole] = [0, 0]
  for (let i = 0; i < weight.length; i++) {
    const [g, h] = [taken[i]!, other[i]!]
    const wanted = change(beta1 * first[i]! + (1 - beta1) * h, beta2 * second[i]! + (1 - beta2) * h * h)
    first[i] = beta1 * first[i]! + (1 - beta1) * g
    second[i] = beta2 * second[i]! + (1 - beta2) * g * g
    const found = change(first[i]!, second[i]!)
    weight[i] = weight[i]! + found
    distance += (found - wanted) ** 2
    whole += wanted ** 2
  }
  return [distance, whole]
}

describe.skipIf(!blockSize)(`${blockedSuite}: exp9 from equal states`, () => {
  it('has the loss within 1e-5 and the whole update within 1% of the standard target, in each of 20 steps', async () => {
    const { graph, gradients, running } = buildTrainingGraph(smallConfig, { P: 8, Q: 2 })
    const load = (target: typeof standardTarget | typeof blockedTarget) =>
      createModelSession(serializeModel(lower(graph, target as typeof standardTarget)), 'a lowered graph')
    const [standard, blocked] = [await load(standardTarget), await load(blockedTarget)]
    const state = new Map<string, Tensor>([...smallParameters(), ...smallInputs(8, 2)])
    const parameters = new Map(
      [...gradients.keys()].map(name => {
        const weight = state.get(name)!.data as Float32Array
        const [first, second] = [new Float32Array(weight.length), new Float32Array(weight.length)]
        return [name, { weight, first, second }]
      }),
    )
    for (let t = 1; t <= 20; t++) {
      const feeds = Object.fromEntries(state)
      const [wanted, found] = [await standard.run(feeds), await blocked.run(feeds)]
      expect(Math.abs(Number(found.loss!.data[0]) / Number(wanted.loss!.data[0]) - 1), `loss ${t}`).toBeLessThan(1e-5)
      let [distance, whole] = [0, 0]
      for (const [name, output] of gradients) {
        const [taken, other] = [found, wanted].map(outputs => outputs[output]!.data as Float32Array)
        const squares = stepBeside(parameters.get(name)!, taken!, other!, t)
        distance += squares[0]
        whole += squares[1]
      }
      expect(Math.sqrt(distance / whole), `update ${t}`).toBeLessThan(1e-2)
      for (const [name, output] of running) state.set(name, found[output]!)
    }
    await standard.release()
    await blocked.release()
  }, 180_000)
})
