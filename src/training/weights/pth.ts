import { describe, expected, LocatorError } from '../../errors.js'
import type { Tensor } from '../../tensor.js'
import { damaged } from './damaged.js'
import { kindOf } from './kind-of.js'
import { StoredTensor } from './stored-tensor.js'
import { torchWorld } from './torch-globals.js'
import { unpickle } from './unpickler.js'
import { checkedBytes, readZip, type ZipEntry } from './zip.js'

const program = 'data.pkl'

/** A pickle has some thirty bytes a tensor besides its name. */
const maxPickleBytes = 2 ** 24

/** Keys under which training programs keep the state dict beside other things. */
const stateDictKeys = ['model_state_dict', 'state_dict', 'model']

/**
 * Reads a state dict that PyTorch saved: a zip file with a pickle in it. The bytes may come from anywhere: whatever they are, the
 * result is whole tensors (copies) or an error, in time and memory proportional to their length, and no code of the file is run. A
 * dict with the state dict under `model_state_dict`, `state_dict` or `model` will do. Bfloat16 is read as float32, exactly.
 *
 * @param source names the file in errors
 * @throws E_MODEL where it is damaged, holds other things than tensors, or is TorchScript
 */
export function decodePth(bytes: Uint8Array, source = 'the PyTorch file'): Map<string, Tensor> {
  const archive = openArchive(bytes, source)
  const storages = new Map<string, Uint8Array>()
  const readStorage = (key: string): Uint8Array => {
    const data = storages.get(key) ?? checkedBytes(archive.entry(`data/${key}`), source)
    storages.set(key, data)
    return data
  }
  const value = unpickle(archive.pickle, torchWorld(readStorage, source), source)
  return copyTensors(findStateDict(value, source), bytes.length, source)
}

interface Archive {
  readonly pickle: Uint8Array
  entry(name: string): ZipEntry
}

function openArchive(bytes: Uint8Array, source: string): Archive {
  const entries = readZip(bytes, source)
  const root = findRoot(entries, source)
  checkKind(entries, root, source)
  const entry = (name: string): ZipEntry => {
    const found = entries.get(root + name)
    if (!found) throw damaged(`an entry ${describe(root + name)}`, source, undefined)
    return found
  }
  const pickle = entry(program)
  if (pickle.data.length > maxPickleBytes) {
    throw damaged(`at most ${maxPickleBytes} bytes`, `${program} of ${source}`, pickle.data.length)
  }
  return { pickle: checkedBytes(pickle, source), entry }
}

/** The folder within the zip file that everything lies in: PyTorch names it after the file. */
function findRoot(entries: ReadonlyMap<string, ZipEntry>, source: string): string {
  const found = [...entries.keys()].filter(name => /^[^/]*\/data\.pkl$/.test(name))
  if (found.length !== 1) {
    throw expected(
      'E_MODEL',
      `a zip file that torch.save wrote, with one ${program},`,
      source,
      `${found.length} of them`,
    )
  }
  return found[0]!.slice(0, -program.length)
}

function checkKind(entries: ReadonlyMap<string, ZipEntry>, root: string, source: string): void {
  if (entries.has(`${root}constants.pkl`)) {
    throw expected('E_MODEL', 'a state dict', source, 'a TorchScript program', {
      hint: 'Save the tensors alone: torch.save(torch.jit.load(path).state_dict(), new_path).',
    })
  }
  // Before release 2.1 there was none: tensors were of the machine's order, which hardly ever was big-endian.
  const order = entries.get(`${root}byteorder`)
  if (order && new TextDecoder().decode(checkedBytes(order, source).subarray(0, 16)) !== 'little') {
    throw expected('E_MODEL', 'little-endian tensors', source, 'big-endian ones')
  }
}

function findStateDict(value: unknown, source: string): Map<unknown, unknown> {
  if (!(value instanceof Map)) throw expected('E_MODEL', 'a state dict', source, kindOf(value))
  const nested = stateDictKeys.map(key => value.get(key)).find(inner => inner instanceof Map)
  return nested ?? value
}

function copyTensors(stateDict: ReadonlyMap<unknown, unknown>, fileBytes: number, source: string): Map<string, Tensor> {
  // Tensors may share memory, so that a small file could ask for many large copies. Weights that are tied share it once.
  let bytesLeft = 2 * fileBytes
  const tensors = new Map<string, Tensor>()
  for (const [name, stored] of stateDict) {
    if (typeof name !== 'string' || !(stored instanceof StoredTensor)) throw notTensors(name, stateDict, source)
    bytesLeft -= stored.byteLength
    if (bytesLeft < 0) throw damaged(`tensors of at most ${2 * fileBytes} bytes`, source, 'more')
    tensors.set(name, stored.copy())
  }
  return tensors
}

function notTensors(key: unknown, stateDict: ReadonlyMap<unknown, unknown>, source: string): LocatorError {
  const hint = `Save the state dict alone, torch.save(model.state_dict(), path), or under one of ${stateDictKeys.join(', ')}.`
  return new LocatorError(
    'E_MODEL',
    `${source} holds no state dict: of its ${stateDict.size} entries ${describe(kindOf(key))} is no tensor.`,
    { hint },
  )
}
