import type { DataType } from '../tensor.js'

/** ONNX's `TensorProto.DataType` numbers. */
export const onnxTypeNumbers = {
  float32: 1,
  uint8: 2,
  int8: 3,
  uint16: 4,
  int16: 5,
  int32: 6,
  int64: 7,
  bool: 9,
  float16: 10,
  float64: 11,
  uint32: 12,
  uint64: 13,
} as const satisfies Record<DataType, number>

/** The element type of an ONNX type number, or null where this package does not know it. */
export function dataTypeOfNumber(number: number): DataType | null {
  return (Object.keys(onnxTypeNumbers) as DataType[]).find(type => onnxTypeNumbers[type] === number) ?? null
}
