import { expected } from '../../errors.js'
import { damaged } from './damaged.js'
import { kindOf } from './kind-of.js'
import { type StorageType, StoredTensor, storageElementBytes, TorchStorage } from './stored-tensor.js'
import { PickleGlobal, type PickleWorld } from './unpickler.js'

const storageTypes: Readonly<Record<string, StorageType>> = {
  FloatStorage: 'float32',
  DoubleStorage: 'float64',
  HalfStorage: 'float16',
  BFloat16Storage: 'bfloat16',
  LongStorage: 'int64',
  IntStorage: 'int32',
  ShortStorage: 'int16',
  CharStorage: 'int8',
  ByteStorage: 'uint8',
  BoolStorage: 'bool',
}

const typeByGlobal = new Map(Object.entries(storageTypes).map(([name, type]) => [`torch.${name}`, type]))

/**
 * What PyTorch's pickles of tensors refer to: storages of elements, by persistent ids, and functions that make tensors of them.
 *
 * @param readStorage the bytes of the storage of a key
 * @param source names the file in errors
 * @see `torch/serialization.py` and `torch/_utils.py`
 */
export function torchWorld(readStorage: (key: string) => Uint8Array, source: string): PickleWorld {
  const where = `a tensor of ${source}`
  const functions = [
    // Empty: its items follow. Copying a dict would let a short program make long work.
    new PickleGlobal('collections.OrderedDict', args => {
      if (args.length > 0) throw damaged('no arguments', `collections.OrderedDict in ${source}`, args.length)
      return new Map()
    }),
    new PickleGlobal('torch._utils._rebuild_tensor_v2', ([storage, offset, dims, strides]) => {
      if (!(storage instanceof TorchStorage)) throw damaged('a storage', where, kindOf(storage))
      return StoredTensor.create(storage, offset, dims, strides, where)
    }),
    new PickleGlobal('torch._utils._rebuild_parameter', ([data]) => {
      if (!(data instanceof StoredTensor)) throw damaged('a tensor', `a parameter of ${source}`, kindOf(data))
      return data
    }),
    new PickleGlobal('torch.Size', ([dims]) => dims),
    new PickleGlobal('torch.device', () => null),
  ]
  const storages = [...typeByGlobal.keys()].map(name => new PickleGlobal(name))
  return {
    globals: new Map([...functions, ...storages].map(allowed => [allowed.name, allowed])),
    persistent: id => openStorage(id, readStorage, source),
  }
}

/** A storage by its persistent id: ('storage', type, key, device, elements). */
function openStorage(id: unknown, readStorage: (key: string) => Uint8Array, source: string): TorchStorage {
  const where = `a storage of ${source}`
  const [kind, global, key, , count] = Array.isArray(id) ? id : []
  if (kind !== 'storage' || typeof key !== 'string') throw damaged('a persistent id of a storage', source, kindOf(kind))
  const type = global instanceof PickleGlobal ? typeByGlobal.get(global.name) : undefined
  if (!type)
    throw expected(
      'E_MODEL',
      `one of ${[...typeByGlobal.keys()].join(', ')}`,
      where,
      global instanceof PickleGlobal ? global.name : kindOf(global),
    )
  const bytes = readStorage(key)
  if (typeof count !== 'number' || count * storageElementBytes(type) !== bytes.length) {
    throw damaged(`${bytes.length / storageElementBytes(type)} elements`, where, kindOf(count))
  }
  return new TorchStorage(type, bytes)
}
