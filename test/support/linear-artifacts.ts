import { create, toBinary } from '@bufbuild/protobuf'
import { AttributeProto_AttributeType, ModelProtoSchema, TensorProto_DataType } from 'onnx-buf'

const { FLOAT, BOOL, INT64 } = TensorProto_DataType

/** Shapes of the graphs' inputs: `loss = sum((x w + b) * k)`, so that w's gradient is `xT k` and b's the column sums of k. */
export const linearShapes = { x: [2, 3], k: [2, 2], w: [3, 2], b: [2] } as const

/** What the optimizer graph is built with; the official runtime's learning rate is always the one here. */
export const adamw = { learningRate: 0.001, beta1: 0.9, beta2: 0.999, epsilon: 1e-8, weightDecay: 0.01 } as const

/** Hand-made ONNX Runtime training graphs of a model that is linear in its parameters `w` and `b`. */
export function linearArtifacts(): { trainModel: Uint8Array; evalModel: Uint8Array; optimizerModel: Uint8Array } {
  const inputs = Object.entries(linearShapes).map(([name, dims]) => value(name, FLOAT, dims))
  const forward = [
    node('MatMul', ['x', 'w'], ['xw']),
    node('Add', ['xw', 'b'], ['prediction']),
    node('Mul', ['prediction', 'k'], ['weighted']),
    node('ReduceSum', ['weighted'], ['loss'], { keepdims: 0 }),
  ]
  return {
    trainModel: trainModel(inputs, forward),
    evalModel: model(forward, inputs, [loss]),
    optimizerModel: optimizer(),
  }
}

type Value = ReturnType<typeof value>
type Node = ReturnType<typeof node>

function trainModel(inputs: Value[], forward: Node[]): Uint8Array {
  const parameters = ['w', 'b'] as const
  const nodes = [
    ...forward,
    node('Transpose', ['x'], ['x_transposed'], { perm: [1, 0] }),
    node('MatMul', ['x_transposed', 'k'], ['w_grad']),
    node('Constant', [], ['axis'], { value_ints: [0] }),
    node('ReduceSum', ['k', 'axis'], ['b_grad'], { keepdims: 0 }),
    ...parameters.map(name =>
      node(
        'InPlaceAccumulatorV2',
        [`${name}_grad.accumulation.buffer`, `${name}_grad`, 'lazy_reset_grad'],
        [`${name}_grad.accumulation.out`],
        {},
        microsoft,
      ),
    ),
  ]
  const buffers = parameters.map(name => value(`${name}_grad.accumulation.buffer`, FLOAT, linearShapes[name]))
  const flags = parameters.map(name => value(`${name}_grad.accumulation.out`, BOOL, [1]))
  return model(nodes, [...inputs, ...buffers, value('lazy_reset_grad', BOOL, [1])], [loss, ...flags])
}

function optimizer(): Uint8Array {
  const sequences = ['params', 'gradients', 'first_order_moments', 'second_order_moments']
  const attributes = {
    alpha: float(adamw.beta1),
    beta: float(adamw.beta2),
    epsilon: float(adamw.epsilon),
    weight_decay: float(adamw.weightDecay),
    correct_bias: 1,
    adam_mode: 0,
  }
  const names = ['learning_rate', 'step', ...sequences]
  return model(
    [node('AdamWOptimizer', names, ['updated_flag'], attributes, microsoft)],
    [value('learning_rate', FLOAT, [1]), value('step', INT64, [1]), ...sequences.map(sequence)],
    [value('updated_flag', BOOL, [1])],
  )
}

const microsoft = 'com.microsoft'
const loss = value('loss', FLOAT, [])

function model(nodes: Node[], input: ReturnType<typeof value | typeof sequence>[], output: Value[]): Uint8Array {
  const message = create(ModelProtoSchema, {
    irVersion: 8n,
    opsetImport: [
      { domain: '', version: 17n },
      { domain: microsoft, version: 1n },
    ],
    graph: { name: 'linear', node: nodes, input, output },
  })
  return toBinary(ModelProtoSchema, message)
}

function value(name: string, elemType: TensorProto_DataType, dims: readonly number[]) {
  const dim = dims.map(size => ({ value: { case: 'dimValue' as const, value: BigInt(size) } }))
  return { name, type: { value: { case: 'tensorType' as const, value: { elemType, shape: { dim } } } } }
}

function sequence(name: string) {
  const elemType = { value: { case: 'tensorType' as const, value: { elemType: FLOAT } } }
  return { name, type: { value: { case: 'sequenceType' as const, value: { elemType } } } }
}

const float = (f: number) => ({ type: AttributeProto_AttributeType.FLOAT, f })

type Attribute = number | readonly number[] | ReturnType<typeof float>

function node(
  opType: string,
  input: string[],
  output: string[],
  attributes: Record<string, Attribute> = {},
  domain = '',
) {
  const attribute = Object.entries(attributes).map(([name, given]) => {
    if (typeof given === 'number') return { name, type: AttributeProto_AttributeType.INT, i: BigInt(given) }
    if ('f' in given) return { name, ...given }
    return { name, type: AttributeProto_AttributeType.INTS, ints: given.map(BigInt) }
  })
  return { opType, input, output, domain, attribute }
}
