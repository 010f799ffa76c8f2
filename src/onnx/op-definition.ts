import type { DataType, Tensor } from '../tensor.js'
import { isStatic } from './dims.js'
import type { Dim, Shape, ValueType } from './graph.js'

/** ONNX's attribute kinds that the operators here use. */
export type AttributeKind = 'int' | 'float' | 'string' | 'ints' | 'floats' | 'strings' | 'tensor'

/** One attribute of an operator: its kind and what it is where a node leaves it out. */
export interface AttributeSpec<T = unknown> {
  readonly kind: AttributeKind
  readonly default: T
  /** No node may leave it out. */
  readonly required?: true
}

export type AttributeSchema = Readonly<Record<string, AttributeSpec>>

/** The attributes of a node as its operator sees them: every one present, defaults filled in. */
export type AttributesOf<S extends AttributeSchema> = {
  readonly [K in keyof S]: S[K] extends AttributeSpec<infer T> ? T : never
}

/** What an operator's shape rule may look at. */
export interface InferenceContext<A> {
  readonly attributes: A
  /** Types of the inputs; null where one is left out. */
  readonly inputs: readonly (ValueType | null)[]
  /** How many outputs the node names. */
  readonly outputCount: number
  /** The type of an input that must be there. @throws E_SHAPE where it is missing */
  input(index: number): ValueType
  /** What the graph says of an output beforehand; for the few operators whose inputs do not tell. */
  declared(index: number): ValueType | null
  /** The numbers that a small input is known to hold, or null: shape arithmetic. */
  known(index: number): readonly Dim[] | null
  /** Throws E_SHAPE, naming operator, node, all inputs, what was expected and what came. */
  fail(what: string, index?: number): never
}

/** An operator: its signature and its shape rule. The single source of truth about it. */
export interface OpDefinition<S extends AttributeSchema = AttributeSchema> {
  /** `''` is ai.onnx. */
  readonly domain: string
  /** Formal names; a trailing `?` marks one that may be left out, a trailing `...` the last one that may repeat. */
  readonly inputs: readonly string[]
  readonly outputs: readonly string[]
  readonly attributes: S
  /** Its inputs do not tell the type of its output: the graph must declare it. */
  readonly declaresOutput?: true
  /** Some of its inputs are sequences of tensors. */
  readonly sequences?: true
  /** Types of the outputs, in order; as many as the definition names, or the node for a repeating one. */
  infer(context: InferenceContext<AttributesOf<S>>): readonly ValueType[]
}

/** Defines an operator; exists for type inference alone. */
export function defineOp<const S extends AttributeSchema>(definition: OpDefinition<S>): OpDefinition<S> {
  return definition
}

export const int = (value: number): AttributeSpec<number> => ({ kind: 'int', default: value })
export const float = (value: number): AttributeSpec<number> => ({ kind: 'float', default: value })
export const string = (value: string): AttributeSpec<string> => ({ kind: 'string', default: value })
export const requiredInt: AttributeSpec<number> = { kind: 'int', default: 0, required: true }
export const optionalInt: AttributeSpec<number | undefined> = { kind: 'int', default: undefined }
export const optionalFloat: AttributeSpec<number | undefined> = { kind: 'float', default: undefined }
export const optionalFloats: AttributeSpec<readonly number[] | undefined> = { kind: 'floats', default: undefined }
export const optionalInts: AttributeSpec<readonly number[] | undefined> = { kind: 'ints', default: undefined }
export const optionalTensor: AttributeSpec<Tensor | undefined> = { kind: 'tensor', default: undefined }

/** A value of the given element type and shape. */
export function typed(type: DataType, shape: Shape): ValueType {
  return { type, shape }
}

/** An axis counted from the front. @throws E_SHAPE through the context where it does not exist */
export function resolveAxis(context: Pick<InferenceContext<unknown>, 'fail'>, axis: number, rank: number): number {
  if (!Number.isInteger(axis) || axis < -rank || axis >= rank)
    return context.fail(`an axis within ${-rank}..${rank - 1}, not ${axis}`)
  return axis < 0 ? axis + rank : axis
}

/** Axes counted from the front. @throws E_SHAPE through the context where one does not exist or comes twice */
export function resolveAxes(
  context: Pick<InferenceContext<unknown>, 'fail'>,
  axes: readonly number[],
  rank: number,
): readonly number[] {
  const resolved = axes.map(axis => resolveAxis(context, axis, rank))
  return new Set(resolved).size === axes.length ? resolved : context.fail(`each axis once, not [${axes}]`)
}

/** The elements of a list of sizes. @throws E_SHAPE through the context where they are not known when the graph is built */
export function knownDims(context: InferenceContext<unknown>, index: number): readonly Dim[] {
  return context.known(index) ?? context.fail('numbers that are known when the graph is built', index)
}

/** The elements of a list of whole numbers. @throws E_SHAPE through the context where they are not known, or symbolic */
export function knownNumbers(context: InferenceContext<unknown>, index: number): readonly number[] {
  const dims = knownDims(context, index)
  return isStatic(dims) ? dims : context.fail('plain numbers', index)
}
