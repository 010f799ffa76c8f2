import type { DataType, Tensor } from '../tensor.js'

/** One dimension: a number, or the symbolic name of one that is known only when the graph runs (`dims.ts`). */
export type Dim = number | string

/** Dimensions, outermost first; `[]` is a scalar. */
export type Shape = readonly Dim[]

/** What is known of a value before the graph runs. */
export interface ValueType {
  readonly type: DataType
  readonly shape: Shape
  /** Present on a sequence of tensors, whose element type is `type`; its shape is then `[]` and says nothing. */
  readonly sequence?: true
}

/** A named value that flows through a graph. */
export interface Value extends ValueType {
  readonly name: string
}

/** In a function's body: stands for the attribute of that name of the calling node. */
export interface AttributeReference {
  readonly reference: string
}

/** An attribute's value; whether a number is ONNX's INT or FLOAT is said by the operator's definition. */
export type AttributeValue = number | string | readonly number[] | readonly string[] | Tensor | AttributeReference

export type Attributes = Readonly<Record<string, AttributeValue>>

/** One operator call. Inputs and outputs are names of values; `''` stands for one that is left out. */
export interface Node {
  readonly name: string
  readonly opType: string
  /** `''` is ai.onnx. */
  readonly domain: string
  readonly inputs: readonly string[]
  readonly outputs: readonly string[]
  readonly attributes: Attributes
}

/** A model-local function (ONNX `FunctionProto`): a node type whose body the model itself carries. */
export interface FunctionDefinition {
  readonly name: string
  readonly domain: string
  readonly inputs: readonly string[]
  readonly outputs: readonly string[]
  readonly attributes: readonly string[]
  readonly nodes: readonly Node[]
}

/** Versions of the operator sets that a model imports, by domain. */
export type OpsetImports = Readonly<Record<string, number>>

/** A whole ONNX model with one graph: plain data, never changed after it was built. Nodes are in topological order. */
export interface Graph {
  readonly name: string
  readonly inputs: readonly Value[]
  readonly outputs: readonly Value[]
  readonly initializers: ReadonlyMap<string, Tensor>
  readonly nodes: readonly Node[]
  readonly functions: readonly FunctionDefinition[]
  readonly opsets: OpsetImports
  /** Type and shape of every value in the graph, by name. */
  readonly values: ReadonlyMap<string, Value>
  /** ONNX `metadata_props`. */
  readonly metadata: Readonly<Record<string, string>>
}

/** The operator set that graphs are written in: the newest whose operators ONNX Runtime 1.19's training build knows. */
export const onnxOpset = 17

/** The file format's version (`ir_version`) that goes with {@link onnxOpset}. */
export const irVersion = 8

/** The domain of this package's model-local functions. */
export const localDomain = 'piece_locator'

/** `float32[P,3,128,128]`, as dumps and errors print a type. */
export function formatType(value: ValueType): string {
  return value.sequence ? `sequence(${value.type})` : `${value.type}[${value.shape.join(',')}]`
}
