import { describe, expected, LocatorError } from '../../errors.js'
import type { ParameterSpec } from '../../nn/parameters.js'
import { type Tensor, tensor } from '../../tensor.js'
import type { DecodedWeights } from './decode-weights.js'
import { float16ToFloat32 } from './half-floats.js'
import type { WeightsOrigin } from './weights-origin.js'

/** A file of weights, read. */
export interface Weights extends DecodedWeights {
  /** What the file is called in errors. */
  readonly source: string
  /** Of the file or of the run, without folders. */
  readonly name: string
  readonly sha256: string
}

/** Weights as a network takes them. */
export interface LoadedWeights {
  /** Copies, in the parameters' shapes. Parameters that are missing here stay as they were initialized. */
  readonly parameters: ReadonlyMap<string, Tensor<'float32'>>
  /** The file, then the files that its own first weights came from. */
  readonly origins: readonly WeightsOrigin[]
}

/** torchvision's name of what both extractors are. */
const torchvisionExtractor = 'features.'
const extractors = ['piece_features.', 'puzzle_features.']

/**
 * Fits weights to a network. A state dict of torchvision's `mobilenet_v3_small` (`features.*`, its `classifier.*` left out) goes into
 * both extractors, and the rest of the network stays as it was initialized; else every parameter needs a tensor of its name.
 * `num_batches_tracked` is left out. Other floating-point types are converted.
 *
 * @param specs the network's parameters
 * @throws E_MODEL where tensors are missing, left over, of another shape or type, or not finite
 */
export function loadWeights(weights: Weights, specs: readonly ParameterSpec[]): LoadedWeights {
  const { source, name, sha256, origins } = weights
  const names = [...weights.tensors.keys()].filter(key => !key.endsWith('.num_batches_tracked'))
  const isTorchvision = names.some(key => key.startsWith(torchvisionExtractor))
  const wanted = isTorchvision ? specs.filter(spec => extractorOf(spec) !== undefined) : specs
  const nameInFile = (spec: ParameterSpec): string =>
    isTorchvision ? torchvisionExtractor + spec.name.slice(extractorOf(spec)!.length) : spec.name
  const present = isTorchvision ? names.filter(key => !key.startsWith('classifier.')) : names
  checkNames(new Set(wanted.map(nameInFile)), new Set(present), source)
  checkShapes(
    wanted.map(spec => ({
      name: nameInFile(spec),
      shape: spec.shape,
      dims: weights.tensors.get(nameInFile(spec))!.dims,
    })),
    source,
  )
  const parameters = wanted.map(spec => {
    const key = nameInFile(spec)
    return [spec.name, toFloat32(weights.tensors.get(key)!, `${describe(key)} of ${source}`)] as const
  })
  const loaded = isTorchvision ? 'extractors' : 'network'
  return { parameters: new Map(parameters), origins: [{ name, sha256, loaded }, ...origins] }
}

function extractorOf({ name }: ParameterSpec): string | undefined {
  return extractors.find(prefix => name.startsWith(prefix))
}

function checkNames(wanted: ReadonlySet<string>, present: ReadonlySet<string>, source: string): void {
  const missing = [...wanted].filter(name => !present.has(name))
  const extra = [...present].filter(name => !wanted.has(name))
  if (missing.length === 0 && extra.length === 0) return
  const hint =
    'It takes a state dict of torchvision’s mobilenet_v3_small, or of the whole network under the names that "piece-locator export" gives.'
  const lacks = `${source} lacks ${first(missing)} of ${wanted.size} tensors`
  const leftOver = `holds ${first(extra)} that the network has not`
  const sentence =
    missing.length === 0 ? `${source} ${leftOver}.` : extra.length === 0 ? `${lacks}.` : `${lacks} and ${leftOver}.`
  throw new LocatorError('E_MODEL', sentence, { hint })
}

/** `3 ("a" first)` */
function first(names: readonly string[]): string {
  return `${names.length} (${describe(names[0])}${names.length > 1 ? ' first' : ''})`
}

function checkShapes(
  pairs: readonly { name: string; shape: readonly number[]; dims: readonly number[] }[],
  source: string,
): void {
  const wrong = pairs.filter(({ shape, dims }) => shape.join() !== dims.join())
  if (wrong.length === 0) return
  const { name, shape, dims } = wrong[0]!
  const others = wrong.length > 1 ? ` (and ${wrong.length - 1} more of other shapes)` : ''
  throw expected('E_MODEL', `shape [${shape}]`, `${describe(name)} of ${source}${others}`, dims)
}

function toFloat32(given: Tensor, where: string): Tensor<'float32'> {
  const data = floatsOf(given)
  if (!data) throw expected('E_MODEL', 'floating-point numbers', where, given.type)
  if (!data.every(Number.isFinite))
    throw expected(
      'E_MODEL',
      'finite numbers',
      where,
      data.find(x => !Number.isFinite(x)),
    )
  return tensor('float32', given.dims, data)
}

/** A copy as float32; undefined where the tensor holds no floating-point numbers. */
function floatsOf({ type, data }: Tensor): Float32Array | undefined {
  if (type === 'float16') return float16ToFloat32(data as Uint16Array)
  return type === 'float32' || type === 'float64' ? Float32Array.from(data as Float32Array | Float64Array) : undefined
}
