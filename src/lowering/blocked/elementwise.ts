import type { Shape, Value } from '../../onnx/graph.js'
import { type OpType, opKey } from '../../onnx/op-table.js'
import { type Lowering, type LoweringContext, plain } from '../lowering.js'
import { affineByPicture } from './channels.js'
import type { Blocked } from './layout.js'

/**
 * An operator that works element by element runs on blocked values as it does on plain ones. It does where its operands are pictures
 * of one shape and one of them is blocked already; operands of one element may stand beside them.
 *
 * @param entry how the operator runs on plain values; null where it is copied
 */
export function elementwise<Op extends OpType>(entry: Lowering<Op> | null): Lowering<Op, Blocked> {
  return context => {
    if (!blockedShape(context)) return entry ? entry(context as LoweringContext<Op>) : context.copied()
    const input: typeof context.input = index =>
      isSingle(context.shape(index)) ? context.input(index) : context.input(index, 'blocked')
    const blocked = { ...context, input } as LoweringContext<Op>
    const outputs = entry ? entry(blocked) : plain(emitAgain(blocked))
    return outputs.map(output => output && { value: output.value, form: 'blocked' })
  }
}

/** The same operator under a new name, since the old one belongs to the plain value. */
function emitAgain<Op extends OpType>({ b, node, has, input }: LoweringContext<Op>): Value {
  const inputs = node.inputs.map((_, i) => (has(i) ? input(i) : null))
  return b.emit(opKey(node.domain, node.opType)!, inputs, node.attributes)
}

/** A product of pictures with one number for each of their channels, [N, C, 1, 1], or element by element. */
export function product(): Lowering<'Mul', Blocked> {
  const byElement = elementwise<'Mul'>(null)
  return context => {
    const big = [0, 1].find(i => context.isIn(i, 'blocked') && scalesChannels(context.shape(i), context.shape(1 - i)))
    if (big === undefined) return byElement(context)
    const [x, scale] = [context.input(big, 'blocked'), context.input(1 - big, 'blocked')]
    return [{ value: affineByPicture(context.b, x, scale, null), form: 'blocked' }]
  }
}

/** Whether `scale` is [N, C, 1, 1] for pictures of more than one pixel. */
function scalesChannels(pictures: Shape, scale: Shape): boolean {
  const agrees = scale.length === 4 && scale[0] === pictures[0] && scale[1] === pictures[1]
  return agrees && scale[2] === 1 && scale[3] === 1 && !(pictures[2] === 1 && pictures[3] === 1)
}

/** The common shape of the operands that are not single elements, where one is blocked; null where the operator must run plain. */
function blockedShape<Op extends OpType>({ node, has, isIn, shape }: LoweringContext<Op, Blocked>): Shape | null {
  const given = node.inputs.map((_, i) => i).filter(i => has(i) && !isSingle(shape(i)))
  const leading = given.find(i => isIn(i, 'blocked'))
  if (leading === undefined) return null
  const common = shape(leading)
  return given.every(i => shape(i).join() === common.join()) ? common : null
}

function isSingle(shape: Shape): boolean {
  return shape.length <= 1 && shape.every(dim => dim === 1)
}
