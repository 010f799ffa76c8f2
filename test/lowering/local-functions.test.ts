import { describe, expect, it } from 'vitest'
import { lower } from '../../src/lowering/lower.js'
import { standardTarget } from '../../src/lowering/standard/index.js'
import { localDomain } from '../../src/onnx/graph.js'
import { buildCase, type OperatorCase } from '../support/operator-cases.js'
import { runGraph } from '../support/run-graph.js'

/** The float32 numbers next to and at the kinks, and others. */
function aroundKinks(kinks: readonly number[]): readonly number[] {
  const neighbours = [-4, -2, -1, 0, 1, 2, 4].flatMap(steps => kinks.map(kink => kink + steps * 2 ** -23))
  return [...neighbours, ...Array.from({ length: 65 }, (_, i) => (i - 32) / 8), -1e30, 1e30].map(Math.fround)
}

const swishInputs = aroundKinks([-3, 3])
const sigmoidOutputs = aroundKinks([0, 1]).filter(y => y >= 0 && y <= 1)

const cases: readonly OperatorCase[] = [
  {
    op: 'HardSwishGrad',
    name: 'everywhere',
    build: i => {
      const dims = [swishInputs.length]
      return [i.b.emit('HardSwishGrad', [i.normal('dY', dims), i.values('X', 'float32', dims, swishInputs)])]
    },
  },
  ...[1 / 6, 0.2].map(
    (alpha): OperatorCase => ({
      op: 'HardSigmoidGrad',
      name: `alpha ${alpha}`,
      build: i => {
        const dims = [sigmoidOutputs.length]
        const all = [i.normal('dY', dims), i.values('Y', 'float32', dims, sigmoidOutputs)]
        return [i.b.emit('HardSigmoidGrad', all, { alpha })]
      },
    }),
  ),
  {
    op: 'ResizeGrad',
    name: '3x5 to 6x7',
    build: i => {
      const all = [i.normal('dY', [2, 3, 6, 7]), i.normal('height', [6, 3]), i.normal('width', [7, 5])]
      return [i.b.emit('ResizeGrad', all)]
    },
  },
]

describe('a local function gives lowered what its own body gives', () => {
  it.each(cases.map(operatorCase => [`${operatorCase.op}: ${operatorCase.name}`, operatorCase] as const))(
    '%s',
    async (_, operatorCase) => {
      const { graph, feeds } = buildCase(operatorCase)
      const lowered = lower(graph, standardTarget)
      expect(graph.functions.map(fn => fn.name)).toEqual([operatorCase.op])
      expect(lowered.functions).toEqual([])
      expect(lowered.nodes.filter(node => node.domain === localDomain)).toEqual([])
      const [wanted, actual] = [(await runGraph(graph, feeds)).y0!, (await runGraph(lowered, feeds)).y0!]
      const scale = Math.max(...Array.from(wanted.data as Float32Array, Math.abs))
      wanted.data.forEach((value, i) => {
        expect(Math.abs(Number(actual.data[i]) - Number(value)), `element ${i}`).toBeLessThanOrEqual(1e-6 * scale)
      })
    },
  )
})
