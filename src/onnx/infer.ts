import { LocatorError } from '../errors.js'
import { formatType, type Value, type ValueType } from './graph.js'
import type { InferenceContext, OpDefinition } from './op-definition.js'
import type { KnownValues } from './shape-data.js'

/** One operator call, as its shape rule is asked about it. */
export interface InferenceRequest {
  readonly opType: string
  readonly nodeName: string
  readonly definition: OpDefinition
  readonly attributes: Record<string, unknown>
  readonly inputs: readonly (Value | null)[]
  readonly known: readonly (KnownValues | null)[]
  readonly outputCount: number
  readonly declared: readonly (ValueType | null)[]
}

/**
 * Types and shapes of a node's outputs, by its operator's rule.
 *
 * @throws E_SHAPE where the inputs do not fit; the message names operator, node, inputs, what was expected and what came
 */
export function inferOutputs(request: InferenceRequest): readonly ValueType[] {
  const { definition, inputs } = request
  checkArity(request)
  const context: InferenceContext<Record<string, unknown>> = {
    attributes: request.attributes,
    inputs,
    outputCount: request.outputCount,
    input: index => inputs[index] ?? fail(request, `a value for input ${formalName(definition, index)}`, index),
    known: index => request.known[index] ?? null,
    declared: index => request.declared[index] ?? null,
    fail: (what, index) => fail(request, what, index),
  }
  return definition.infer(context)
}

/** The definition's name of an input; `X`, or `inputs[3]` within a repeating one. */
export function formalName(definition: OpDefinition, index: number): string {
  const last = definition.inputs.at(-1)
  if (last?.endsWith('...') && index >= definition.inputs.length - 1)
    return `${last.slice(0, -3)}[${index - definition.inputs.length + 1}]`
  return definition.inputs[index]?.replace('?', '') ?? `number ${index}`
}

function checkArity(request: InferenceRequest): void {
  const { definition, inputs } = request
  const variadic = definition.inputs.at(-1)?.endsWith('...') ?? false
  if (inputs.length > definition.inputs.length && !variadic) fail(request, `at most ${definition.inputs.length} inputs`)
  definition.inputs.forEach((formal, index) => {
    if (!formal.endsWith('?') && !inputs[index])
      fail(request, `a value for input ${formalName(definition, index)}`, index)
  })
}

function fail(request: InferenceRequest, what: string, index?: number): never {
  throw shapeError(request, what, index)
}

function shapeError(
  { opType, nodeName, definition, inputs }: InferenceRequest,
  what: string,
  index?: number,
): LocatorError {
  const all = inputs.map(
    (input, i) => `${formalName(definition, i)}: ${input ? `${formatType(input)} "${input.name}"` : 'none'}`,
  )
  const received = index === undefined ? all.join(', ') : (all[index] ?? 'nothing')
  const where = `${index === undefined ? 'the inputs' : `input ${formalName(definition, index)}`} of ${opType} node "${nodeName}" (${all.join(', ')})`
  return new LocatorError('E_SHAPE', `Expected ${what} for ${where} but received ${received}.`)
}
