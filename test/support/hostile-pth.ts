import {
  bytesOf,
  dictProgram,
  int,
  ints,
  pthOf,
  tensorProgram,
  text,
  type View,
  writeZip,
  type ZipLies,
} from './pth-writer.js'

/** A `.pth` file that must be refused, and what the refusal says. */
export type HostileFile = readonly [what: string, bytes: Uint8Array, message: RegExp]

const four = { 0: new Uint8Array(16) }
const plain = { key: '0', count: 4, dims: [4], strides: [1] }
const view = (changes: Partial<View>): Uint8Array =>
  pthOf(dictProgram({ w: tensorProgram({ ...plain, ...changes }) }), four)
const program = (pickle: string): Uint8Array => pthOf(`\x80\x02${pickle}`, four)
const call = (module: string, name: string, argument: string): string => `c${module}\n${name}\n(${text(argument)}tR.`
const storageOf = (type: string): string => `(${text('storage')}${type}${text('0')}${text('cpu')}${int(4)}tQ`

/** Pickles that run code where Python reads them, or try to reach what is not theirs. */
export function pickles(command: string): readonly HostileFile[] {
  return [
    ['os.system', program(call('os', 'system', command)), /nothing but tensors .* "os\.system"/],
    ['posix.system', program(call('posix', 'system', command)), /"posix\.system"/],
    ['subprocess.Popen', program(call('subprocess', 'Popen', command)), /"subprocess\.Popen"/],
    [
      'builtins.eval of protocol 4',
      program(`${text('builtins')}${text('eval')}\x93(${text(command)}tR.`),
      /"builtins\.eval"/,
    ],
    [
      'builtins.exec within a state dict',
      pthOf(dictProgram({ w: call('builtins', 'exec', command).slice(0, -1) })),
      /"builtins\.exec"/,
    ],
    ['a getter of attributes', program(call('operator', 'attrgetter', 'system')), /"operator\.attrgetter"/],
    ['another pickle', program(call('pickle', 'loads', 'cos\nsystem\n')), /"pickle\.loads"/],
    ['a download', program(call('torch.hub', 'load_state_dict_from_url', 'http://localhost')), /"torch\.hub\.load_/],
    ['a class of numpy', program('cnumpy.core.multiarray\nscalar\n)R.'), /"numpy\.core\.multiarray\.scalar"/],
    ['names of JavaScript', program('cconstructor\nconstructor\n)R.'), /"constructor\.constructor"/],
    ['more names of JavaScript', program('c__proto__\ntoString\n)R.'), /"__proto__\.toString"/],
    ['INST', program(`(S'${command}'\nios\nsystem\n.`), /the opcode STRING/],
    ['INST without a text', program('(ios\nsystem\n.'), /the opcode INST/],
    ['OBJ', program('(ccollections\nOrderedDict\no.'), /the opcode OBJ/],
    ['NEWOBJ', program('ccollections\nOrderedDict\n)\x81.'), /the opcode NEWOBJ"/],
    ['NEWOBJ_EX', program('ccollections\nOrderedDict\n)}\x92.'), /the opcode NEWOBJ_EX/],
    ['EXT1', program('\x82\x01.'), /the opcode EXT1/],
    ['EXT2', program('\x83\x01\x00.'), /the opcode EXT2/],
    ['EXT4', program('\x84\x01\x00\x00\x00.'), /the opcode EXT4/],
    ['an opcode that does not exist', program('\xff.'), /opcode 0xff/],
    [
      'BUILD of a tensor',
      program(`${tensorProgram(plain)}}${text('__setstate__')}${text(command)}sb.`),
      /BUILD of an object/,
    ],
    ['PERSID', program('P0\n.'), /the opcode PERSID/],
    [
      'a persistent id of a module',
      program(`(${text('module')}${text('Net')}${text(command)}tQ.`),
      /a persistent id of a storage .* "module"/,
    ],
    ['a persistent id that is a text', program(`${text(command)}Q.`), /a persistent id of a storage/],
    [
      'a storage of another kind',
      program(`${storageOf('ccollections\nOrderedDict\n')}.`),
      /torch\.FloatStorage.* "collections\.OrderedDict"/,
    ],
    [
      'a storage of eight-bit floats',
      program(`${storageOf('ctorch\nFloat8_e5m2Storage\n')}.`),
      /"torch\.Float8_e5m2Storage"/,
    ],
    [
      'a call of a text',
      program(`${text('os.system')}(${text(command)}tR.`),
      /a call of something that is no function/,
    ],
    ['a call of a type of storage', program('ctorch\nFloatStorage\n)R.'), /no function/],
    ['a call of a tensor', program(`${tensorProgram(plain)})R.`), /no function/],
  ]
}

/** Sizes, shapes and views that the file does not have. */
export const lengths: readonly HostileFile[] = [
  ['a text of 4 GiB', program('X\xff\xff\xff\xff'), /a longer pickle/],
  ['a whole number of 255 bytes', program('\x8a\xff\x01'), /a longer pickle/],
  ['a frame without a program', program('\x95\xff\xff\xff\xff\xff\xff\xff\x7f'), /a longer pickle/],
  ['a program without an end', program('N'), /a longer pickle/],
  ['a line without an end', program('cos'), /a line end/],
  ['a future protocol', pthOf('\x80\x09N.'), /protocol 5 or older .* 9/],
  ['2^50 elements of four', view({ dims: [2 ** 25, 2 ** 25], strides: [0, 0] }), /tensors of at most \d+ bytes/],
  ['a shape whose product overflows', view({ dims: [2 ** 30, 2 ** 30, 2 ** 30], strides: [0, 0, 0] }), /a shape/],
  ['65 axes', view({ dims: Array(65).fill(1), strides: Array(65).fill(1) }), /a shape of at most 64/],
  ['a negative size', view({ dims: [-1] }), /a shape/],
  ['a negative stride', view({ offset: 3, strides: [-1] }), /1 strides of 0 or more/],
  ['a negative offset', view({ offset: -1 }), /an offset of 0 or more/],
  ['strides of another rank', view({ strides: [1, 1] }), /1 strides/],
  ['a view beyond its storage', view({ offset: 1 }), /elements within 4 .* "element 4"/],
  ['strides beyond the storage', view({ dims: [2, 2], strides: [3, 1] }), /elements within 4/],
  ['a storage longer than its data', view({ count: 5 }), /4 elements .* received 5/],
  ['a storage that is not there', view({ key: '1' }), /"archive\/data\/1"/],
  ['a storage elsewhere', view({ key: '../../../etc/passwd' }), /an entry "archive\/data\/\.\.\/\.\./],
  ['a thousand views of one storage', thousandViews(), /tensors of at most \d+ bytes/],
  ['dims that hold themselves', program(selfReference()), /a shape .* "a list"/],
  ['an argument for the dict', program('ccollections\nOrderedDict\n((K\x01K\x02ttR.'), /no arguments/],
]

/** Stacks and memos that do not add up. */
export const stacks: readonly HostileFile[] = [
  ['an empty stack', program('.'), /a value for the stack/],
  ['a mark that is missing', program('Nt.'), /a mark/],
  ['a value below the mark', program('N(s.'), /a value for the stack/],
  ['an unknown memo', program('h\x07.'), /a value number 7 for the memo/],
  ['an item for a number', program('K\x01K\x02K\x03s.'), /keys and values of a dict/],
  ['a key without a value', program('}(K\x01u.'), /keys and values/],
  ['a number to append to', program('K\x01K\x02a.'), /a list to append to/],
  ['half a million lists', program(']'.repeat(600_000)), /at most 500000 operations/],
  ['nested tuples, deep', program(`)${'\x85'.repeat(400_000)}.`), /a state dict .* "a list"/],
  ['a list that holds itself', program(']q\x00h\x00a.'), /a state dict .* "a list"/],
  ['a dict that holds itself', program(`}q\x00${text('model')}h\x00s.`), /"model" is no tensor/],
  ['no UTF-8', program('X\x01\x00\x00\x00\xff.'), /texts in UTF-8/],
]

/** Zip files that lie about themselves. */
export const zips: readonly HostileFile[] = [
  ['a compressed pickle', lying('archive/data.pkl', { method: 8 }), /"archive\/data\.pkl" .* "compression"/],
  [
    'compressed tensors (a zip bomb)',
    lying('archive/data/0', { method: 8, size: 16 }),
    /"archive\/data\/0" .* "compression"/,
  ],
  ['an encrypted entry', lying('archive/data/0', { flags: 1 }), /"encryption"/],
  ['an entry of 4 GiB', lying('archive/data/0', { size: 0xffffffff }), /at most \d+ bytes .* 4294967295/],
  ['an entry outside', lying('archive/data/0', { offset: 0xfffffff0 }), /an entry at byte 4294967280/],
  [
    'an entry on top of another (a zip bomb)',
    lying('archive/byteorder', { size: 40 }),
    /nothing else within "archive\/byteorder"/,
  ],
  ['two entries of the same bytes', lying('archive/byteorder', { offset: 0 }), /the same name in its header/],
  ['an entry of two names', lying('archive/data/0', { name: 'archive/data/1' }), /the same name in its header/],
  ['another checksum', lying('archive/data/0', { crc32: 1 }), /bytes of checksum 00000001 .* "ecbb4b55"/],
  [
    'a name twice',
    writeZip([
      ['a/data.pkl', bytesOf('N.')],
      ['a/data.pkl', bytesOf('N.')],
    ]),
    /each name once/,
  ],
  [
    'two pickles',
    writeZip([
      ['a/data.pkl', bytesOf('N.')],
      ['b/data.pkl', bytesOf('N.')],
    ]),
    /one data\.pkl, .* "2 of them"/,
  ],
  ['no pickle', writeZip([['a/readme', bytesOf('hello')]]), /one data\.pkl, .* "0 of them"/],
  ['a directory outside', patched(view({}), -6, [0xff, 0xff, 0xff, 0x7f]), /a zip directory before byte/],
  ['more entries than there are', patched(view({}), -12, [0xff, 0xff]), /65535 entries .* received 3/],
  ['a comment at the end', Buffer.concat([view({}), Buffer.from('hello')]), /directory at the end/],
  ['a pickle of 17 MB', pthOf('N'.repeat(17_000_000)), /at most 16777216 bytes/],
]

function thousandViews(): Uint8Array {
  const tensors = Array.from({ length: 1000 }, (_, i) => [
    `${i}`,
    tensorProgram({ key: '0', count: 100_000, dims: [100_000], strides: [1] }),
  ])
  return pthOf(dictProgram(Object.fromEntries(tensors)), { 0: new Uint8Array(400_000) })
}

function selfReference(): string {
  return `ctorch._utils\n_rebuild_tensor_v2\n(${storageOf('ctorch\nFloatStorage\n')}${int(0)}]q\x05h\x05a${ints([1])}tR.`
}

function lying(name: string, lie: ZipLies): Uint8Array {
  return pthOf(dictProgram({ w: tensorProgram(plain) }), four, { [name]: lie })
}

/** With bytes replaced, counted from the end. */
function patched(bytes: Uint8Array, at: number, values: readonly number[]): Uint8Array {
  const copy = Uint8Array.from(bytes)
  copy.set(values, copy.length + at)
  return copy
}
