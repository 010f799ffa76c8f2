import { damaged } from './damaged.js'
import { kindOf } from './kind-of.js'
import { PickleMachine } from './pickle-machine.js'
import { opcodeName } from './pickle-opcodes.js'
import { refusedPickle } from './refused-pickle.js'

/** A name that a pickle may refer to, and what calling it gives; only a value to pass on where there is nothing to call. */
export class PickleGlobal {
  constructor(
    readonly name: string,
    readonly call?: (args: readonly unknown[]) => unknown,
  ) {}
}

/** What a pickle may refer to. */
export interface PickleWorld {
  /** The allowed globals, by full name: `collections.OrderedDict`. */
  readonly globals: ReadonlyMap<string, PickleGlobal>
  /** What stands for something outside of the pickle. */
  readonly persistent: (id: unknown) => unknown
}

/** More than ten times what a network of a thousand tensors takes; keeps what a pickle can build below 200 MB. */
const maxOperations = 500_000

const newestProtocol = 5

/**
 * Reads Python's pickle format as data. Tuples and lists become arrays, dicts maps, whole numbers beyond 2^53 bigints. The program in
 * the file can do no more than that: a short list of opcodes, a list of globals, and nothing of JavaScript or of the
 * machine within reach. Nothing in it recurses, so nesting needs no bound.
 *
 * @param source names the pickle in errors
 * @throws E_MODEL naming the opcode or the global that is not allowed, or where the pickle is damaged
 */
export function unpickle(bytes: Uint8Array, world: PickleWorld, source: string): unknown {
  const machine = new PickleMachine(bytes, source)
  for (let count = 0; count < maxOperations; count++) {
    const code = machine.byte()
    if (code === stop) return machine.pop()
    const operation = operations.get(code)
    if (!operation) throw refusedPickle(`the opcode ${opcodeName(code)}`, source)
    operation(machine, world)
  }
  throw damaged(`at most ${maxOperations} operations`, source, 'more')
}

type Operation = (machine: PickleMachine, world: PickleWorld) => void

const code = (letter: string): number => letter.charCodeAt(0)

const stop = code('.')

const constants: readonly [opcode: string, Operation][] = [
  ['\x80', checkProtocol],
  ['\x95', m => m.take(8, () => undefined)],
  ['N', m => m.push(null)],
  ['\x88', m => m.push(true)],
  ['\x89', m => m.push(false)],
  ['J', m => m.push(m.take(4, (view, at) => view.getInt32(at, true)))],
  ['K', m => m.push(m.byte())],
  ['M', m => m.push(m.take(2, (view, at) => view.getUint16(at, true)))],
  ['\x8a', m => m.push(readLong(m, m.byte()))],
  ['G', m => m.push(m.take(8, (view, at) => view.getFloat64(at)))],
  ['X', m => m.push(m.text(m.uint32()))],
  ['\x8c', m => m.push(m.text(m.byte()))],
]

const containers: readonly [opcode: string, Operation][] = [
  ['(', m => m.mark()],
  ['}', m => m.push(new Map())],
  [']', m => m.push([])],
  [')', m => m.push([])],
  ['t', m => m.push(m.popToMark())],
  ['\x85', m => m.push(m.popMany(1))],
  ['\x86', m => m.push(m.popMany(2))],
  ['\x87', m => m.push(m.popMany(3))],
  ['a', m => append(m, m.popMany(1))],
  ['e', m => append(m, m.popToMark())],
  ['s', m => setItems(m, m.popMany(2))],
  ['u', m => setItems(m, m.popToMark())],
  ['q', m => m.memoize(m.byte())],
  ['r', m => m.memoize(m.uint32())],
  ['\x94', m => m.memoize()],
  ['h', m => m.push(m.recall(m.byte()))],
  ['j', m => m.push(m.recall(m.uint32()))],
]

const references: readonly [opcode: string, Operation][] = [
  ['c', (m, world) => m.push(findGlobal(world, m.line(), m.line(), m.source))],
  ['\x93', (m, world) => m.push(stackGlobal(m, world))],
  ['Q', (m, world) => m.push(world.persistent(m.pop()))],
  ['R', reduce],
  ['b', build],
]

const operations = new Map(
  [...constants, ...containers, ...references].map(([opcode, operation]) => [code(opcode), operation]),
)

function checkProtocol(machine: PickleMachine): void {
  const protocol = machine.byte()
  if (protocol > newestProtocol)
    throw damaged(`a pickle of protocol ${newestProtocol} or older`, machine.source, protocol)
}

/** A whole number in two's complement, little-endian. */
function readLong(machine: PickleMachine, length: number): number | bigint {
  let value = 0n
  for (let i = 0; i < length; i++) value |= BigInt(machine.byte()) << BigInt(8 * i)
  const signed = BigInt.asIntN(8 * length, value)
  return Number.isSafeInteger(Number(signed)) ? Number(signed) : signed
}

function append(machine: PickleMachine, items: readonly unknown[]): void {
  const list = machine.top()
  if (!Array.isArray(list)) throw damaged('a list to append to', machine.source, kindOf(list))
  for (const item of items) list.push(item)
}

function setItems(machine: PickleMachine, items: readonly unknown[]): void {
  const dict = machine.top()
  if (!(dict instanceof Map) || items.length % 2 !== 0)
    throw damaged('keys and values of a dict', machine.source, kindOf(dict))
  for (let i = 0; i < items.length; i += 2) dict.set(items[i], items[i + 1])
}

function stackGlobal(machine: PickleMachine, world: PickleWorld): PickleGlobal {
  const [module, name] = machine.popMany(2)
  if (typeof module !== 'string' || typeof name !== 'string') throw damaged('a name', machine.source, kindOf(module))
  return findGlobal(world, module, name, machine.source)
}

function findGlobal(world: PickleWorld, module: string, name: string, source: string): PickleGlobal {
  const found = world.globals.get(`${module}.${name}`)
  if (!found) throw refusedPickle(`${module}.${name}`, source)
  return found
}

/** Calls one of the allowed globals. */
function reduce(machine: PickleMachine): void {
  const [callable, args] = machine.popMany(2)
  if (!(callable instanceof PickleGlobal && callable.call && Array.isArray(args))) {
    throw refusedPickle('a call of something that is no function', machine.source)
  }
  machine.push(callable.call(args))
}

/** State that was set on an object: PyTorch keeps versions of modules on the dict of their tensors. It is left out. */
function build(machine: PickleMachine): void {
  machine.pop()
  if (!(machine.top() instanceof Map)) throw refusedPickle('BUILD of an object', machine.source)
}
