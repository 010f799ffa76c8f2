import { isStatic } from '../../../onnx/dims.js'
import type { Node } from '../../../onnx/graph.js'
import { findOp, type OpAttributes, resolveAttributes } from '../../../onnx/op-table.js'
import type { Activation } from '../activation.js'
import { type ConvolutionShape, convolutionShape } from '../convolution.js'
import { gradientPhases } from '../gradient-phases.js'
import type { GraphIndex } from './graph-index.js'

/** Convolution, batch-norm and activation that belong together, with their gradients where the graph has them. */
export interface BatchNormGroup {
  readonly shape: ConvolutionShape
  readonly conv: Node
  readonly norm: Node
  readonly activation: Activation
  /** Null where the activation is none. */
  readonly activationNode: Node | null
  readonly backward: BackwardGroup | null
}

export interface BackwardGroup {
  /** Null where the activation is none. */
  readonly activationGrad: Node | null
  readonly normGrad: Node
  readonly convGrad: Node
}

/** The group around a BatchNormInternal node; null where something else reads what would no longer be there. */
export function batchNormGroup(index: GraphIndex, norm: Node): BatchNormGroup | null {
  const conv = index.producer(norm.inputs[0])
  const shape = conv && biaslessConvolution(index, conv)
  if (!conv || !shape || attributesOf(norm).training_mode === 0) return null
  const normGrad = index.consumers(norm.inputs[0])?.find(node => node.opType === 'BatchNormalizationGrad') ?? null
  const taken =
    index.isTakenOnlyBy(norm.inputs[0], [norm, normGrad]) &&
    norm.outputs.slice(3).every(statistic => index.isTakenOnlyBy(statistic, [normGrad]))
  if (!taken) return null
  if (!normGrad) return { shape, conv, norm, ...activationOf(index, norm, null), backward: null }
  const convGrad = index.onlyConsumer(normGrad.outputs[0])
  if (!convGrad || !isGradientOf(index, convGrad, conv, normGrad, shape)) return null
  const activation = activationOf(index, norm, normGrad)
  const activationGrad = activation.activationNode && index.producer(normGrad.inputs[0])
  return { shape, conv, norm, ...activation, backward: { activationGrad, normGrad, convGrad } }
}

function biaslessConvolution(index: GraphIndex, node: Node): ConvolutionShape | null {
  const isConvolution = node.opType === 'Conv' && node.domain === '' && node.inputs.length === 2
  const x = isConvolution ? index.graph.values.get(node.inputs[0]!) : undefined
  if (x?.type !== 'float32' || !isStatic(x.shape)) return null
  return convolutionShape(attributesOf(node) as OpAttributes<'Conv'>, x.shape, index.shape(node.inputs[1]!))
}

/** Whether a node is the ConvGrad of this convolution, of a kind that the blocked kernels can say whole. */
function isGradientOf(index: GraphIndex, node: Node, conv: Node, normGrad: Node, shape: ConvolutionShape): boolean {
  const [dy, x, w] = node.inputs
  const matches =
    node.opType === 'ConvGrad' && dy === normGrad.outputs[0] && x === conv.inputs[0] && w === conv.inputs[1]
  if (!matches || isWanted(index, node.outputs[2])) return false
  return !isWanted(index, node.outputs[0]) || (gradientPhases(shape, 0) !== null && gradientPhases(shape, 1) !== null)
}

/** Whether anybody reads an output. */
export function isWanted(index: GraphIndex, output: string | undefined): boolean {
  return Boolean(output) && index.consumers(output)?.length !== 0
}

const gradients = { Relu: 'ReluGrad', HardSwish: 'HardSwishGrad' } as const

/** The activation that follows a batch-norm and belongs to it alone. */
function activationOf(
  index: GraphIndex,
  norm: Node,
  normGrad: Node | null,
): Pick<BatchNormGroup, 'activation' | 'activationNode'> {
  const none = { activation: '', activationNode: null } as const
  const value = norm.outputs[0]
  const node = index.consumers(value)?.find(({ opType }) => opType === 'Relu' || opType === 'HardSwish')
  if (!node) return none
  const activation = node.opType as keyof typeof gradients
  const gradient = normGrad && index.producer(normGrad.inputs[0])
  if (normGrad) {
    const source = activation === 'Relu' ? node.outputs[0] : value
    const matches = gradient?.opType === gradients[activation] && gradient.inputs[1] === source
    if (!matches || !index.isTakenOnlyBy(gradient.outputs[0], [normGrad])) return none
  }
  return index.isTakenOnlyBy(value, [node, gradient]) ? { activation, activationNode: node } : none
}

function attributesOf(node: Node): Record<string, unknown> {
  return resolveAttributes(findOp(node.domain, node.opType)!, node.attributes)
}
