import type { Shape } from '../../../src/onnx/graph.js'
import { type GradientSpec, plainInputs } from '../../support/gradient-spec.js'

const matMulShapes: readonly (readonly [Shape, Shape])[] = [
  [
    [2, 3],
    [3, 4],
  ],
  [[3], [3]],
  [[3], [3, 4]],
  [[2, 3], [3]],
  [
    [2, 3, 4],
    [2, 4, 5],
  ],
  [
    [2, 3, 4],
    [4, 5],
  ],
  [
    [3, 4],
    [2, 4, 5],
  ],
  [
    [2, 1, 3, 4],
    [5, 4, 2],
  ],
  [[4], [2, 4, 5]],
  [[2, 3, 4], [4]],
  [
    ['P', 3],
    [3, 4],
  ],
  [
    ['P', 3, 4],
    [4, 5],
  ],
  [
    ['P', 3, 4],
    ['P', 4, 2],
  ],
  [
    [1, 3, 4],
    ['P', 4, 2],
  ],
  [
    ['P', 'Q'],
    ['Q', 3],
  ],
  [
    ['P', 3, 'Q'],
    ['Q', 2],
  ],
  [
    [3, 'P'],
    ['P', 'Q'],
  ],
]

const matMul: readonly GradientSpec[] = matMulShapes.map(([a, c]) => ({
  name: `MatMul [${a}] [${c}]`,
  accuracy: 'linear',
  inputs: plainInputs(a, c),
  build: (b, x, y) => b.emit('MatMul', [x!, y!]),
}))

const transpositions = [
  [0, 0],
  [0, 1],
  [1, 0],
  [1, 1],
] as const

const gemm: readonly GradientSpec[] = transpositions.flatMap(([transA, transB]) =>
  [[], [4], [1, 4], ['P', 1], ['P', 4]].map(
    (bias): GradientSpec => ({
      name: `Gemm ${transA} ${transB} [${bias}]`,
      accuracy: 'linear',
      inputs: plainInputs(transA ? [3, 'P'] : ['P', 3], transB ? [4, 3] : [3, 4], bias),
      build: (b, ...x) => b.emit('Gemm', x, { transA, transB, alpha: 0.5, beta: 1.5 }),
    }),
  ),
)

const plainGemm: GradientSpec = {
  name: 'Gemm without bias',
  accuracy: 'linear',
  inputs: plainInputs([2, 3], [3, 4]),
  build: (b, ...x) => b.emit('Gemm', x),
}

export const matMulSpecs: readonly GradientSpec[] = [...matMul, ...gemm, plainGemm]
