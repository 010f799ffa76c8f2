import { type Graph, localDomain, type Node } from '../../../onnx/graph.js'
import { GraphIndex, replaceNodes } from './graph-index.js'

/** PixelProducts in place of a product and its sum over rows and columns. */
export function fusePixelProducts(graph: Graph): Graph {
  const index = new GraphIndex(graph)
  const replacements = new Map<Node, readonly Node[]>()
  for (const node of graph.nodes) {
    const product = node.opType === 'ReduceSum' ? index.producer(node.inputs[0]) : null
    if (product?.opType !== 'Mul' || !sumsPixels(index, node) || !isOfPictures(index, product.inputs)) continue
    if (index.onlyConsumer(product.outputs[0]) !== node) continue
    replacements.set(product, []).set(node, [fused('PixelProducts', node, product.inputs)])
  }
  return replaceNodes(graph, replacements)
}

function sumsPixels(index: GraphIndex, node: Node): boolean {
  return (node.attributes.keepdims ?? 1) === 1 && index.integers(node.inputs[1])?.join() === '2,3'
}

/** Whether both operands are pictures of one shape, in single precision. */
function isOfPictures(index: GraphIndex, [x, y]: readonly string[]): boolean {
  const [left, right] = [index.graph.values.get(x!)!, index.graph.values.get(y!)!]
  return left.type === 'float32' && left.shape.length === 4 && left.shape.join() === right.shape.join()
}

/** PictureAffine in place of a sum of pictures scaled channel by channel and of numbers of the channels spread over them. */
export function fusePictureAffine(graph: Graph): Graph {
  const index = new GraphIndex(graph)
  const replacements = new Map<Node, readonly Node[]>()
  for (const node of graph.nodes) {
    if ((node.opType !== 'Sum' && node.opType !== 'Add') || node.inputs.length !== 2) continue
    const parts = node.inputs.map(input => index.producer(input))
    const spread = parts.find(part => part?.opType === 'Expand')
    const product = parts.find(part => part?.opType === 'Mul')
    if (!spread || !product || parts.some(part => index.onlyConsumer(part!.outputs[0]) !== node)) continue
    const scale = product.inputs.find(input => isOfChannels(index, input, node.outputs[0]!))
    const x = product.inputs.find(input => input !== scale)
    if (!scale || !x || !isOfChannels(index, spread.inputs[0]!, node.outputs[0]!)) continue
    const inputs = [x, scale, spread.inputs[0]!]
    replacements
      .set(spread, [])
      .set(product, [])
      .set(node, [fused('PictureAffine', node, inputs)])
  }
  return replaceNodes(graph, replacements)
}

/** Whether a value is [N, C, 1, 1] for pictures [N, C, H, W] of more than one pixel. */
function isOfChannels(index: GraphIndex, value: string, pictures: string): boolean {
  const [small, large] = [index.shape(value), index.shape(pictures)]
  const isOne = small.length === 4 && large.length === 4 && small[2] === 1 && small[3] === 1
  return isOne && small[0] === large[0] && small[1] === large[1] && large[2]! * large[3]! > 1
}

function fused(opType: string, node: Node, inputs: readonly string[]): Node {
  return { name: node.name, opType, domain: localDomain, inputs, outputs: node.outputs, attributes: {} }
}
