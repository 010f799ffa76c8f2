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
  /** Names; `''` for one that nobody wants. */
  readonly outputs: readonly string[]
  readonly declared: readonly (ValueType | null)[]
}

/** More axes than any network has: keeps a damaged model from asking for billions. */
const highestRank = 64

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
    outputCount: request.outputs.length,
    input: index => inputs[index] ?? fail(request, `a value for input ${formalName(definition, index)}`, index),
    known: index => request.known[index] ?? null,
    declared: index => request.declared[index] ?? null,
    fail: (what, index) => fail(request, what, index),
  }
  const types = definition.infer(context)
  for (const { shape } of types) {
    if (shape.length > highestRank) fail(request, `an output of at most ${highestRank} axes`)
    if (shape.some(dim => typeof dim === 'number' && !(dim >= 0))) fail(request, `sizes of at least 0, not [${shape}]`)
  }
  return types
}

/** The definition's name of an input; `X`, or `inputs[3]` within a repeating one. */
export function formalName(definition: OpDefinition, index: number): string {
  const last = definition.inputs.at(-1)
  if (last?.endsWith('...') && index >= definition.inputs.length - 1)
    return `${last.slice(0, -3)}[${index - definition.inputs.length + 1}]`
  return definition.inputs[index]?.replace('?', '') ?? `number ${index}`
}

/** The definition's name of an output. */
export function outputName(definition: OpDefinition, index: number): string {
  const last = definition.outputs.at(-1)
  if (last?.endsWith('...') && index >= definition.outputs.length - 1)
    return `${last.slice(0, -3)}.${index - definition.outputs.length + 1}`
  return definition.outputs[index]?.replace('?', '') ?? `output.${index}`
}

function checkArity(request: InferenceRequest): void {
  const { definition, inputs, outputs } = request
  for (const [what, formal, given] of [
    ['inputs', definition.inputs, inputs],
    ['outputs', definition.outputs, outputs],
  ] as const) {
    const variadic = formal.at(-1)?.endsWith('...') ?? false
    if (given.length > formal.length && !variadic) fail(request, `at most ${formal.length} ${what}`)
  }
  for (let index = 0; index < Math.max(inputs.length, definition.inputs.length); index++) {
    if (!definition.inputs[index]?.endsWith('?') && !inputs[index])
      fail(request, `a value for input ${formalName(definition, index)}`, index)
    if (inputs[index]?.sequence && !definition.sequences) fail(request, 'a tensor', index)
  }
  for (let index = 0; index < Math.max(outputs.length, definition.outputs.length); index++) {
    if (!definition.outputs[index]?.endsWith('?') && !outputs[index])
      fail(request, `a name for output ${outputName(definition, index)}`)
  }
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
