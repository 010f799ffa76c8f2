import { readFileSync } from 'node:fs'
import { type Tensor, tensor } from '../../src/tensor.js'
import type { OperatorCase } from './operator-cases.js'

type StoredTensor = { readonly dims: readonly number[]; readonly data: string }

/** What Microsoft's training runtime gave for a case (scripts/make-operator-fixtures.mjs), by output. */
export function operatorFixture({ op, name }: OperatorCase): Record<string, Tensor> {
  const path = new URL(`../fixtures/operators/${op}.json`, import.meta.url)
  const cases: Record<string, Record<string, StoredTensor>> = JSON.parse(readFileSync(path, 'utf8'))
  return Object.fromEntries(Object.entries(cases[name]!).map(([output, stored]) => [output, decode(stored)]))
}

function decode({ dims, data }: StoredTensor): Tensor {
  const bytes = new Uint8Array(Buffer.from(data, 'base64'))
  // The only outputs of another type are flags, one byte each.
  return bytes.length === dims.reduce((product, dim) => product * dim, 1)
    ? tensor('bool', dims, bytes)
    : tensor('float32', dims, new Float32Array(bytes.buffer))
}
