import { bytesPerElement, type DataType, elementCount, type Tensor, tensor } from '../../tensor.js'
import { isShape, tensorFromBytes } from '../tensor-bytes.js'
import { damaged } from './damaged.js'
import { bfloat16ToFloat32 } from './half-floats.js'
import { kindOf } from './kind-of.js'

/** Element types of PyTorch's storages that this package reads. */
export type StorageType = DataType | 'bfloat16'

/** A PyTorch storage: a flat run of elements that one or several tensors view. */
export class TorchStorage {
  constructor(
    readonly type: StorageType,
    readonly bytes: Uint8Array,
  ) {}

  get elementBytes(): number {
    return storageElementBytes(this.type)
  }
}

/** Bytes per element of a storage. */
export function storageElementBytes(type: StorageType): number {
  return type === 'bfloat16' ? 2 : bytesPerElement(type)
}

/** A tensor as PyTorch keeps it: a strided view of a storage. Nothing is copied before {@link copy}. */
export class StoredTensor {
  private constructor(
    private readonly storage: TorchStorage,
    private readonly offset: number,
    readonly dims: readonly number[],
    private readonly strides: readonly number[],
  ) {}

  /**
   * Checks that the view lies within its storage.
   *
   * @param offset of the first element, in elements
   * @param strides in elements
   * @throws E_MODEL
   */
  static create(storage: TorchStorage, offset: unknown, dims: unknown, strides: unknown, where: string): StoredTensor {
    if (!isNumbers(dims) || !isShape(dims))
      throw damaged('a shape of at most 64 whole numbers from 0 up', where, kindOf(dims))
    if (!isNumbers(strides) || strides.length !== dims.length || !strides.every(isIndex)) {
      throw damaged(`${dims.length} strides of 0 or more`, where, kindOf(strides))
    }
    if (!isIndex(offset)) throw damaged('an offset of 0 or more', where, kindOf(offset))
    const last = dims.reduce((sum, dim, axis) => sum + (dim - 1) * strides[axis]!, offset)
    const length = storage.bytes.length / storage.elementBytes
    if (elementCount(dims) > 0 && last >= length) throw damaged(`elements within ${length}`, where, `element ${last}`)
    return new StoredTensor(storage, offset, dims, strides)
  }

  /** The size of the copy as it is stored. */
  get byteLength(): number {
    return elementCount(this.dims) * this.storage.elementBytes
  }

  /** The elements, dense and row-major; bfloat16 becomes float32. */
  copy(): Tensor {
    const { type } = this.storage
    const bytes = this.isDense() ? this.denseBytes() : this.gather()
    if (type === 'bfloat16') return tensor('float32', this.dims, bfloat16ToFloat32(bytes))
    return tensorFromBytes(type, this.dims, bytes)
  }

  private isDense(): boolean {
    let dense = 1
    for (let axis = this.dims.length - 1; axis >= 0; axis--) {
      if (this.dims[axis] !== 1 && this.strides[axis] !== dense) return false
      dense *= this.dims[axis]!
    }
    return true
  }

  private denseBytes(): Uint8Array {
    const start = this.offset * this.storage.elementBytes
    return this.storage.bytes.subarray(start, start + this.byteLength)
  }

  private gather(): Uint8Array {
    const { bytes, elementBytes: width } = this.storage
    const gathered = new Uint8Array(this.byteLength)
    const index = this.dims.map(() => 0)
    let from = this.offset
    for (let to = 0; to < gathered.length; to += width) {
      for (let k = 0; k < width; k++) gathered[to + k] = bytes[from * width + k]!
      // Steps to the next index, the last axis first.
      for (let axis = index.length - 1; axis >= 0; axis--) {
        from += this.strides[axis]!
        if (++index[axis]! < this.dims[axis]!) break
        from -= this.strides[axis]! * this.dims[axis]!
        index[axis] = 0
      }
    }
    return gathered
  }
}

function isNumbers(value: unknown): value is number[] {
  return Array.isArray(value) && value.every(item => typeof item === 'number')
}

function isIndex(value: unknown): value is number {
  return Number.isSafeInteger(value) && (value as number) >= 0
}
