import { Random } from '../prng.js'
import { elementCount, type Tensor, tensor } from '../tensor.js'
import type { Initializer, ParameterSpec } from './parameters.js'

/** The same value everywhere. */
export function constant(value: number): Initializer {
  return (_, shape) => new Float32Array(elementCount(shape)).fill(value)
}

/**
 * Normal with standard deviation sqrt(2 / fan_out), fan_out = output channels x kernel elements: `torch.nn.init.kaiming_normal_`
 * with `mode='fan_out'`, as torchvision initializes convolutions. As there, groups do not lower fan_out.
 * He et al. 2015, "Delving Deep into Rectifiers".
 */
export const kaimingNormal: Initializer = (random, shape) => {
  const [outputs, , ...kernel] = shape
  const deviation = Math.sqrt(2 / (outputs! * elementCount(kernel)))
  return Float32Array.from({ length: elementCount(shape) }, () => deviation * random.normal())
}

/**
 * Uniform within 1/sqrt(fan_in), both for weight and bias: what PyTorch's `Linear` and `Conv2d` do by default
 * (`torch.nn.init.kaiming_uniform_` with `a=sqrt(5)`).
 */
export function uniformFanIn(fanIn: number): Initializer {
  const bound = 1 / Math.sqrt(fanIn)
  return (random, shape) => Float32Array.from({ length: elementCount(shape) }, () => random.between(-bound, bound))
}

/**
 * First values of all parameters, by name. Each is drawn from a stream of its own, so that a parameter gets the same values
 * whatever else the network has.
 */
export function initializeParameters(specs: readonly ParameterSpec[], seed: number): Map<string, Tensor<'float32'>> {
  return new Map(
    specs.map(({ name, shape, initializer }) => [
      name,
      tensor('float32', shape, initializer(Random.from(seed, 'parameter', name), shape)),
    ]),
  )
}
