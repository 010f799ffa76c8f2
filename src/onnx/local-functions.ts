import { tensor } from '../tensor.js'
import type { Attributes, FunctionDefinition, Node } from './graph.js'
import { localDomain } from './graph.js'

function node(opType: string, inputs: readonly string[], output: string, attributes: Attributes = {}): Node {
  return { name: output, opType, domain: '', inputs, outputs: [output], attributes }
}

function constant(value: number, output: string): Node {
  return node('Constant', [], output, { value: tensor('float32', [], Float32Array.of(value)) })
}

/** The derivative is `alpha` where the output lies strictly between 0 and 1, else 0. */
const hardSigmoidGrad: FunctionDefinition = {
  name: 'HardSigmoidGrad',
  domain: localDomain,
  inputs: ['dY', 'Y'],
  outputs: ['dX'],
  attributes: ['alpha'],
  nodes: [
    constant(0, 'zero'),
    constant(1, 'one'),
    node('Constant', [], 'alpha', { value_float: { reference: 'alpha' } }),
    node('Greater', ['Y', 'zero'], 'above'),
    node('Less', ['Y', 'one'], 'below'),
    node('And', ['above', 'below'], 'inside'),
    node('Mul', ['dY', 'alpha'], 'scaled'),
    node('Where', ['inside', 'scaled', 'zero'], 'dX'),
  ],
}

/** hard-swish(x) = x clip(x/6 + 1/2, 0, 1); its derivative is 0 up to -3, 1 from 3 on, and x/3 + 1/2 between, as PyTorch's. */
const hardSwishGrad: FunctionDefinition = {
  name: 'HardSwishGrad',
  domain: localDomain,
  inputs: ['dY', 'X'],
  outputs: ['dX'],
  attributes: [],
  nodes: [
    constant(0, 'zero'),
    constant(0.5, 'half'),
    constant(3, 'three'),
    constant(-3, 'minus_three'),
    node('Div', ['X', 'three'], 'third'),
    node('Add', ['third', 'half'], 'slope'),
    node('Mul', ['dY', 'slope'], 'middle'),
    node('Less', ['X', 'three'], 'below'),
    node('Where', ['below', 'middle', 'dY'], 'upper'),
    node('Greater', ['X', 'minus_three'], 'above'),
    node('Where', ['above', 'upper', 'zero'], 'dX'),
  ],
}

/** dX = height^T dY width, on the last two axes. */
const resizeGrad: FunctionDefinition = {
  name: 'ResizeGrad',
  domain: localDomain,
  inputs: ['dY', 'height', 'width'],
  outputs: ['dX'],
  attributes: [],
  nodes: [
    node('Transpose', ['height'], 'height_transposed', { perm: [1, 0] }),
    node('MatMul', ['height_transposed', 'dY'], 'rows'),
    node('MatMul', ['rows', 'width'], 'dX'),
  ],
}

/** The bodies of this package's model-local functions, by operator name; each model carries those that it uses. */
export const localFunctions: Readonly<Record<string, FunctionDefinition>> = {
  HardSigmoidGrad: hardSigmoidGrad,
  HardSwishGrad: hardSwishGrad,
  ResizeGrad: resizeGrad,
}
