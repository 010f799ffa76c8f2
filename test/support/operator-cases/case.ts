import { GraphBuilder } from '../../../src/onnx/builder.js'
import type { Graph, Value } from '../../../src/onnx/graph.js'
import type { TrainingOp } from '../../../src/onnx/op-table.js'
import { Random } from '../../../src/prng.js'
import { createArray, type DataType, elementCount, type Tensor, tensor } from '../../../src/tensor.js'

/** One use of a training operator: a small graph and what to feed it. */
export interface OperatorCase {
  readonly op: TrainingOp
  /** Tells the case from the operator's others. */
  readonly name: string
  /** Emits the operator and returns the values to compare; null for an output that the case leaves out. */
  readonly build: (inputs: CaseInputs) => readonly (Value | null)[]
}

/** Declares the inputs of a case and draws their values from the names of case and input. */
export class CaseInputs {
  readonly feeds: Record<string, Tensor> = {}

  constructor(
    readonly b: GraphBuilder,
    private readonly caseName: string,
  ) {}

  /** Normal numbers. */
  normal(name: string, dims: readonly number[], mean = 0, deviation = 1): Value {
    return this.draw(name, 'float32', dims, random => mean + deviation * random.normal())
  }

  /** Uniform between two numbers. */
  uniform(name: string, dims: readonly number[], low: number, high: number): Value {
    return this.draw(name, 'float32', dims, random => random.between(low, high))
  }

  /** Whole numbers from `low` to `high`. */
  integers(name: string, type: DataType, dims: readonly number[], low: number, high: number): Value {
    return this.draw(name, type, dims, random => low + random.integer(high - low + 1))
  }

  /** Given values. */
  values(name: string, type: DataType, dims: readonly number[], numbers: readonly number[]): Value {
    return this.feed(name, tensor(type, dims, filled(type, numbers)))
  }

  private draw(name: string, type: DataType, dims: readonly number[], next: (random: Random) => number): Value {
    const random = Random.from('operator case', this.caseName, name)
    return this.values(
      name,
      type,
      dims,
      Array.from({ length: elementCount(dims) }, () => next(random)),
    )
  }

  private feed(name: string, value: Tensor): Value {
    this.feeds[name] = value
    return this.b.input(name, value.type, value.dims)
  }
}

/** The case's graph, whose outputs are named `y0`, `y1`, ... by their place, and its feeds. */
export function buildCase({ op, name, build }: OperatorCase): { graph: Graph; feeds: Record<string, Tensor> } {
  const b = new GraphBuilder(op)
  const inputs = new CaseInputs(b, `${op} ${name}`)
  build(inputs).forEach((value, i) => {
    if (value) b.output(value, `y${i}`)
  })
  return { graph: b.build(), feeds: inputs.feeds }
}

function filled(type: DataType, numbers: readonly number[]): Tensor['data'] {
  const data = createArray(type, numbers.length)
  numbers.forEach((number, i) => {
    data[i] = type === 'int64' ? BigInt(number) : number
  })
  return data
}
