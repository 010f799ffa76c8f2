import type { AttributeValue, Value, ValueType } from './graph.js'

/** An operator call with all its names chosen by the caller. */
export interface NodeRequest {
  readonly opType: string
  readonly domain: string
  readonly name: string
  readonly inputs: readonly (Value | null)[]
  /** `''` for an output that nobody wants. */
  readonly outputs: readonly string[]
  readonly attributes: Readonly<Record<string, AttributeValue | undefined>>
  /** Declared types of outputs, for the operators whose inputs do not tell. */
  readonly declared?: readonly (ValueType | null)[]
}

/** What an emission may set beside inputs and attributes. */
export interface EmitOptions {
  /** The name of the node and stem of its outputs' names; by default the operator's, made unique. */
  readonly name?: string
  /** Full names for outputs; `''` for one that is not wanted, undefined for one that is named after the node. */
  readonly outputs?: readonly (string | undefined)[]
  /** Declared types of outputs, for the operators whose inputs do not tell. */
  readonly declared?: readonly (ValueType | null)[]
}
