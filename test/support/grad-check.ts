import { appendGradients } from '../../src/autodiff/backward.js'
import type { GradientTable } from '../../src/autodiff/rule.js'
import { gradientRules } from '../../src/autodiff/rules/index.js'
import { lower } from '../../src/lowering/lower.js'
import { standardTarget } from '../../src/lowering/standard/index.js'
import { GraphBuilder } from '../../src/onnx/builder.js'
import { isStatic } from '../../src/onnx/dims.js'
import type { Graph, Shape, Value } from '../../src/onnx/graph.js'
import { rewrite, specialize } from '../../src/onnx/rewrite.js'
import { Random } from '../../src/prng.js'
import { arrayType, elementCount, type Tensor, tensor } from '../../src/tensor.js'
import { type Accuracy, batchSizes, type Draw, type GradientSpec } from './gradient-spec.js'
import { runGraph } from './run-graph.js'

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
export async function gradCheck(spec: GradientSpec, rules: GradientTable = gradientRules): Promise<void> {
  const { step, tolerance } = settings[spec.accuracy]
  const forward = lower(specialize(forwardGraph(spec), batchSizes), standardTarget)
  const { shape } = forward.outputs[0]!
  const backward = lower(specializeWith(backwardGraph(spec, rules), shape), standardTarget)
  const u = drawTensor(spec, 'u', shape, random => random.between(-1, 1))
  const x = Object.fromEntries(
    spec.inputs.map(({ draw = random => random.between(-1, 1) }, i) => [
      `x${i}`,
      drawTensor(spec, `x${i}`, backward.values.get(`x${i}`)!.shape, draw),
    ]),
  )
  const gradients = await runGraph(backward, { ...x, u })
  let largest = 0
  for (const [name, value] of Object.entries(x)) {
    const gradient = gradients[`d${name}`]!
    if (gradient.dims.join() !== value.dims.join()) throw new Error(`${spec.name}: d${name} is [${gradient.dims}]`)
    const v = direction(spec, name, gradient)
    const at = async (distance: number): Promise<number> =>
      dot(u, (await runGraph(forward, { ...x, [name]: moved(value, v, distance) })).y!)
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

/** Sizes for all symbols; the shape of `u` is computed and may hold products of them. */
function specializeWith(graph: Graph, uShape: Shape): Graph {
  return rewrite(graph, {
    inputShape: ({ name, shape }) =>
      name === 'u' ? uShape : shape.map(dim => (typeof dim === 'string' ? batchSizes[dim]! : dim)),
  })
}

function drawTensor(
  spec: GradientSpec,
  name: string,
  shape: Shape,
  draw: Draw,
): Tensor<'float32' | 'float64'> {
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

function moved(x: Tensor<'float32' | 'float64'>, v: readonly number[], distance: number): Tensor {
  const data = arrayType(x.type).from(Array.from(x.data, (value, i) => value + distance * v[i]!))
  return tensor(x.type, x.dims, data)
}

function dot(a: Tensor, b: Tensor | readonly number[]): number {
  const other = 'dims' in b ? (b.data as Float32Array) : b
  return Array.from(a.data as Float32Array).reduce((sum, value, i) => sum + value * other[i]!, 0)
}
