/**
 * Python's pickle opcodes that this package does not execute, by their names in CPython's `pickletools`: those of protocols 0 and 1,
 * which PyTorch never writes, and those that make objects of classes, look up registries or refer to what is outside the file.
 */
const refused: Readonly<Record<string, string>> = {
  '0': 'POP',
  '1': 'POP_MARK',
  '2': 'DUP',
  F: 'FLOAT',
  I: 'INT',
  L: 'LONG',
  P: 'PERSID',
  S: 'STRING',
  T: 'BINSTRING',
  U: 'SHORT_BINSTRING',
  V: 'UNICODE',
  d: 'DICT',
  g: 'GET',
  i: 'INST',
  l: 'LIST',
  o: 'OBJ',
  p: 'PUT',
  B: 'BINBYTES',
  C: 'SHORT_BINBYTES',
  '\x81': 'NEWOBJ',
  '\x82': 'EXT1',
  '\x83': 'EXT2',
  '\x84': 'EXT4',
  '\x8b': 'LONG4',
  '\x8d': 'BINUNICODE8',
  '\x8e': 'BINBYTES8',
  '\x8f': 'EMPTY_SET',
  '\x90': 'ADDITEMS',
  '\x91': 'FROZENSET',
  '\x92': 'NEWOBJ_EX',
  '\x96': 'BYTEARRAY8',
  '\x97': 'NEXT_BUFFER',
  '\x98': 'READONLY_BUFFER',
}

/** What a refused opcode is called. */
export function opcodeName(code: number): string {
  return refused[String.fromCharCode(code)] ?? `opcode 0x${code.toString(16).padStart(2, '0')}`
}
