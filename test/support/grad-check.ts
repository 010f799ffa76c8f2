import { appendGradients } from '../../src/autodiff/backward.js'
import type { GradientTable } from '../../src/autodiff/rule.js'
import { gradientRules } from '../../src/autodiff/rules/index.js'
import { lower } from '../../src/lowering/lower.js'
import { standardTarget } from '../../src/lowering/standard/index.js'
import type { LoweringTarget } from '../../src/lowering/target.js'
import { GraphBuilder } from '../../src/onnx/builder.js'
import { isStatic } from '../../src/onnx/dims.js'
import type { Dim, Graph, Shape, Value } from '../../src/onnx/graph.js'
import { rewrite, specialize } from '../../src/onnx/rewrite.js'
import { Random } from '../../src/prng.js'
import { arrayType, elementCount, type Tensor, tensor } from '../../src/tensor.js'
import { type Accuracy, batchSizes, type Draw, type GradientSpec } from './gradient-spec.js'
import { runGraph } from './run-graph.js'

type FloatTensor = Tensor<'float32' | 'float64'>

const settings: Readonly<Record<Accuracy, { step: number; tolerance: number }>> = {
  linear: { step: 1, tolerance: 1e-5 },
  float64: { step: 1e-4, tolerance: 1e-6 },
  float32: { step: 1e-2, tolerance: 2e-3 },
}

/**
 * Compares the gradient of `<u, f(x)>`, u random, with central differences: for each input, in a random direction v,
 * `<J^T u, v>` with `<u, f(x + step v) - f(x - step v)> / (2 step)`. The graphs run lowered, on stock ONNX Runtime.
 *
 * @throws where they differ by more than the tolerance, relative to the larger
 */
export async function gradCheck<Extra extends string = never>(
  spec: GradientSpec,
  rules: GradientTable = gradientRules,
  target: LoweringTarget<Extra> = standardTarget as unknown as LoweringTarget<Extra>,
): Promise<void> {
  const { step, tolerance } = settings[spec.accuracy]
  const forward = lower(specialize(forwardGraph(spec), batchSizes), target)
  const backward = lower(sizedBackwardGraph(spec, rules), target)
  const { u, ...x } = drawFeeds(spec, backward)
  const gradients = await runGraph(backward, { ...x, u: u! })
  let largest = 0
  for (const [name, value] of Object.entries(x)) {
    const gradient = gradients[`d${name}`]!
    if (gradient.dims.join() !== value.dims.join()) throw new Error(`${spec.name}: d${name} is [${gradient.dims}]`)
    const v = direction(spec, name, gradient)
    const at = async (distance: number): Promise<number> =>
      dot(u!, (await runGraph(forward, { ...x, [name]: moved(value, v, distance) })).y!)
    const numeric = ((await at(step)) - (await at(-step))) / (2 * step)
    const analytic = dot(gradient, v)
    const magnitude = Math.max(Math.abs(analytic), Math.abs(numeric))
    largest = Math.max(largest, magnitude)
    const error = Math.abs(analytic - numeric) / (magnitude || 1)
    if (error <= tolerance) continue
    throw new Error(
      `${spec.name}: the gradient of ${name} gives ${analytic}, differences give ${numeric}, relative error ${error}`,
    )
  }
  if (largest === 0) throw new Error(`${spec.name}: every gradient is 0, which checks nothing`)
}

function elementType(spec: GradientSpec): 'float32' | 'float64' {
  return spec.accuracy === 'float64' ? 'float64' : 'float32'
}

function buildFunction(spec: GradientSpec): { b: GraphBuilder; y: Value } {
  const b = new GraphBuilder(spec.name)
  const inputs = spec.inputs.map(({ shape }, i) => b.input(`x${i}`, elementType(spec), shape))
  return { b, y: spec.build(b, ...inputs) }
}

/** The function alone. */
export function forwardGraph(spec: GradientSpec): Graph {
  const { b, y } = buildFunction(spec)
  b.output(y, 'y')
  return b.build()
}

/** The function with its gradients, for shapes as symbolic as the spec has them. */
export function backwardGraph(spec: GradientSpec, rules: GradientTable = gradientRules): Graph {
  const { b, y } = buildFunction(spec)
  const u = b.input('u', y.type, y.shape)
  const loss = b.emit('ReduceSum', [b.emit('Mul', [y, u])], { keepdims: 0 })
  const names = spec.inputs.map((_, i) => `x${i}`)
  const gradients = appendGradients(b, loss, names, rules)
  for (const name of names) b.output(gradients.get(name)!, `d${name}`)
  return b.build()
}

/** {@link backwardGraph} with numbers for all symbols. */
export function sizedBackwardGraph(spec: GradientSpec, rules: GradientTable = gradientRules): Graph {
  const size = (dim: Dim): Dim => (typeof dim === 'string' ? batchSizes[dim]! : dim)
  // The shape of `u` is computed and may hold products of symbols.
  const uShape = specialize(forwardGraph(spec), batchSizes).outputs[0]!.shape
  const inputShape = ({ name, shape }: Value): Shape => (name === 'u' ? uShape : shape.map(size))
  return rewrite(backwardGraph(spec, rules), { inputShape })
}

/** Values for the inputs of a graph of the spec, as it draws them. */
export function drawFeeds(spec: GradientSpec, graph: Graph): Record<string, FloatTensor> {
  const uniform: Draw = random => random.between(-1, 1)
  const draws = new Map(spec.inputs.map(({ draw }, i) => [`x${i}`, draw]))
  return Object.fromEntries(
    graph.inputs.map(({ name, shape }) => [name, drawTensor(spec, name, shape, draws.get(name) ?? uniform)]),
  )
}

function drawTensor(spec: GradientSpec, name: string, shape: Shape, draw: Draw): FloatTensor {
  if (!isStatic(shape)) throw new Error(`${spec.name}: ${name} has the shape [${shape}]`)
  const random = Random.from('gradient check', spec.name, name)
  const count = elementCount(shape)
  const type = elementType(spec)
  return tensor(type, shape, arrayType(type).from(Array.from({ length: count }, (_, i) => draw(random, i, count))))
}

/** A random direction that is not nearly level: there the relative error would be noise. */
function direction(spec: GradientSpec, name: string, gradient: Tensor): number[] {
  const random = Random.from('gradient check', spec.name, name, 'direction')
  const norm = Math.sqrt(dot(gradient, Array.from(gradient.data as Float32Array)))
  for (;;) {
    const v = Array.from({ length: gradient.data.length }, () => random.between(-1, 1))
    if (!(Math.abs(dot(gradient, v)) < norm / 2)) return v
  }
}

function moved(x: FloatTensor, v: readonly number[], distance: number): Tensor {
  const data = arrayType(x.type).from(Array.from(x.data, (value, i) => value + distance * v[i]!))
  return tensor(x.type, x.dims, data)
}

function dot(a: Tensor, b: Tensor | readonly number[]): number {
  const other = 'dims' in b ? (b.data as Float32Array) : b
  return Array.from(a.data as Float32Array).reduce((sum, value, i) => sum + value * other[i]!, 0)
}
