import { posix } from 'node:path'

/** Utilities that every layer may import, and that import nothing but each other. */
const leaves = ['errors.ts', 'prng.ts', 'tensor.ts', 'number-words.ts', 'task-queue.ts'] as const

/** Utilities of Node that every file for Node may import. */
const nodeLeaves = ['write-folder.node.ts', 'package-version.node.ts'] as const

/**
 * What each folder of src, or file directly in it, may import beside the leaves, itself and the utilities for Node:
 * `onnx <- autodiff, lowering <- nn, optim <- training <- cli`; `image <- data <- training`; `image <- exported-model <- inference <- cli`;
 * `baseline, eval <- cli`.
 */
const layers: Readonly<Record<string, readonly string[]>> = {
  ...Object.fromEntries([...leaves, ...nodeLeaves].map(name => [name, []])),
  onnx: [],
  autodiff: ['onnx'],
  lowering: ['onnx'],
  nn: ['onnx', 'autodiff', 'lowering'],
  optim: ['onnx', 'autodiff', 'lowering', 'nn'],
  image: [],
  data: ['image'],
  'exported-model': ['image'],
  'model-session.ts': [],
  'model-session.node.ts': ['model-session.ts'],
  inference: ['image', 'exported-model', 'model-session.ts', 'model-session.node.ts'],
  'location-metrics.ts': ['image'],
  baseline: ['image', 'data'],
  eval: ['image', 'data', 'inference', 'baseline', 'location-metrics.ts'],
  training: [
    ...['onnx', 'autodiff', 'lowering', 'nn', 'optim', 'image', 'data', 'exported-model'],
    ...['model-session.ts', 'model-session.node.ts', 'location-metrics.ts'],
  ],
  cli: [
    ...[
      'onnx',
      'autodiff',
      'lowering',
      'nn',
      'optim',
      'image',
      'data',
      'exported-model',
      'inference',
      'baseline',
      'eval',
    ],
    ...['training', 'model-session.ts', 'model-session.node.ts', 'location-metrics.ts'],
  ],
  'index.ts': ['exported-model', 'image', 'inference', 'nn', 'optim', 'training'],
}

/** Folders whose files know no host: only those that say so in their name do. */
const hostNeutral = ['onnx', 'autodiff', 'lowering', 'nn', 'optim', 'image', 'inference', ...leaves]

const forHost = /\.(node|web)\.ts$/

/** Which files may import a package, by how its name begins. The first entry that fits decides. */
const packages: readonly (readonly [name: RegExp, files: RegExp])[] = [
  [/^node:/, /\.(node|web)\.ts$|^training\/session\/|^cli\//],
  [/^(sharp|onnxruntime-[\w-]+)$/, /\.(node|web)\.ts$|^training\/session\/|^cli\//],
  // TensorBoard's files are protobuf too; they have nothing to do with ONNX.
  [/^@bufbuild\/protobuf\/wire$/, /^training\/run\/tensorboard\.ts$/],
  [/^(@bufbuild\/protobuf|onnx-buf)(\/|$)/, /^onnx\/proto\.ts$/],
  [/^pure-rand(\/|$)/, /^prng\.ts$/],
  // The manifest of a picture folder is a file that people edit.
  [/^zod$/, /^(training|cli)\/|^data\/manifest\.ts$/],
  [/^flatbuffers$/, /^training\/checkpoint\//],
  [/^commander$/, /^cli\//],
]

/** What a source file imports or exports from elsewhere, dynamic imports and types included. */
export function importsOf(source: string): string[] {
  const code = source.replace(/\/\*[\s\S]*?\*\//g, '').replace(/^\s*\/\/.*$/gm, '')
  const statements =
    /^(?:import|export)\s+[\w*{][^'"`=;()]*?\sfrom\s+'([^']+)'|^import\s+'([^']+)'|\bimport\(\s*'([^']+)'/gm
  return [...code.matchAll(statements)].map(([, from, bare, dynamic]) => (from ?? bare ?? dynamic)!)
}

/**
 * The sentences about imports that cross the borders of the layers.
 *
 * @param sources source text by path below src, like `onnx/dims.ts`
 */
export function importViolations(sources: ReadonlyMap<string, string>): string[] {
  return [...sources].flatMap(([file, source]) =>
    importsOf(source).flatMap(specifier => {
      const fault = specifier.startsWith('.') ? relativeFault(file, specifier, sources) : packageFault(file, specifier)
      return fault ? [`${file} imports ${specifier}: ${fault}`] : []
    }),
  )
}

function relativeFault(file: string, specifier: string, sources: ReadonlyMap<string, string>): string | null {
  const target = resolve(file, specifier)
  if (!sources.has(target)) return 'there is no such file'
  const [from, to] = [layerOf(file), layerOf(target)]
  const allowed = layers[from]
  if (!allowed) return `${from} is no layer`
  const leaf = (leaves as readonly string[]).includes(to)
  const nodeLeaf = (nodeLeaves as readonly string[]).includes(to) && (forHost.test(file) || !hostNeutral.includes(from))
  if (from !== to && !allowed.includes(to) && !leaf && !nodeLeaf) return `${from} may not import ${to}`
  const neutral = hostNeutral.includes(from) && !forHost.test(file)
  return neutral && forHost.test(target) ? `${file} is for every host` : null
}

function packageFault(file: string, specifier: string): string | null {
  const rule = packages.find(([name]) => name.test(specifier))
  if (!rule) return 'no rule says who may import that package'
  return rule[1].test(file) ? null : 'that package belongs elsewhere'
}

/** A cycle of imports as a path that ends where it begins, or null. */
export function findImportCycle(sources: ReadonlyMap<string, string>): string[] | null {
  const finished = new Set<string>()
  const visit = (file: string, path: readonly string[]): string[] | null => {
    const start = path.indexOf(file)
    if (start >= 0) return [...path.slice(start), file]
    if (finished.has(file)) return null
    for (const specifier of importsOf(sources.get(file) ?? '')) {
      const cycle = specifier.startsWith('.') ? visit(resolve(file, specifier), [...path, file]) : null
      if (cycle) return cycle
    }
    finished.add(file)
    return null
  }
  for (const file of sources.keys()) {
    const cycle = visit(file, [])
    if (cycle) return cycle
  }
  return null
}

function resolve(file: string, specifier: string): string {
  return posix.join(posix.dirname(file), specifier).replace(/\.js$/, '.ts')
}

/** The folder of src that a file lies in, or the file's own name. */
function layerOf(file: string): string {
  return file.split('/')[0]!
}
