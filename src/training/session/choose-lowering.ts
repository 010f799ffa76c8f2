import { expected } from '../../errors.js'
import { blockSizeProbe, readBlockSize } from '../../lowering/blocked/block-size.js'
import { createBlockedTarget } from '../../lowering/blocked/index.js'
import type { BlockSize } from '../../lowering/blocked/layout.js'
import { lower } from '../../lowering/lower.js'
import { standardTarget } from '../../lowering/standard/index.js'
import { createModelSession, type RuntimeOptions } from '../../model-session.node.js'
import type { Graph } from '../../onnx/graph.js'
import { serializeModel } from '../../onnx/serialize.js'
import type { Tensor } from '../../tensor.js'
import type { SessionFactory } from './specialized-graph.js'
import { buildTrainingProbe, largestDifference } from './training-probe.js'

/** How training graphs run: in standard operators, in ONNX Runtime's blocked layout, or as the runtime at hand allows. */
export type LoweringRequest = 'auto' | 'standard' | 'blocked'

/** A lowering that the runtime at hand has been seen to run. */
export interface ChosenLowering {
  readonly name: 'standard' | 'blocked'
  readonly lower: (graph: Graph) => Graph
  /** Loads what `lower` gives. */
  readonly createSession: SessionFactory
}

/**
 * The runtime plans a whole step's memory from the first one that it has seen and then needs as much again: 1.8 GB instead of 1.0 for a
 * step of exp9.
 */
const trainingOptions: RuntimeOptions = { enableMemPattern: false }

const standard: ChosenLowering = {
  name: 'standard',
  lower: graph => lower(graph, standardTarget),
  createSession: (model, where) => createModelSession(model, where, trainingOptions),
}

/** Blocked graphs hold nothing that the runtime's optimizer would improve, and loading them without it takes half the time. */
const blockedOptions: RuntimeOptions = { ...trainingOptions, graphOptimizationLevel: 'disabled' }

/** The largest error of a gradient, relative to all of them together: rounding gives 1e-6, a kernel that does something else far more. */
const tolerance = 1e-4

/**
 * Chooses the lowering: `auto` is `blocked` where the runtime has the layout and gives the standard lowering's gradients in it, else
 * `standard`. The runtime is asked once in a process.
 *
 * @throws E_CONFIG where `blocked` is asked for and the runtime does not have it
 */
export async function chooseLowering(request: LoweringRequest): Promise<ChosenLowering> {
  if (request === 'standard') return standard
  const block = await runtimeBlockSize()
  if (block) return blockedLowering(block)
  if (request === 'auto') return standard
  throw expected('E_CONFIG', 'a runtime with the blocked layout (x64)', 'lowering "blocked"', 'one without', {
    hint: 'Use lowering "standard".',
  })
}

let blockSize: Promise<BlockSize | null> | undefined

/** The block size of the runtime's layout; null where it has none, or does not compute in it what it should. */
export function runtimeBlockSize(): Promise<BlockSize | null> {
  blockSize ??= findBlockSize()
  return blockSize
}

async function findBlockSize(): Promise<BlockSize | null> {
  const y = await run(blockSizeProbe, standard).catch(() => null)
  const block = y && readBlockSize(y.y!)
  if (!block) return null
  const probe = buildTrainingProbe()
  const wanted = await run(probe, standard)
  const found = await run(probe, blockedLowering(block)).catch(() => null)
  return found && largestDifference(found, wanted) <= tolerance ? block : null
}

function blockedLowering(block: BlockSize): ChosenLowering {
  const target = createBlockedTarget(block)
  return {
    name: 'blocked',
    lower: graph => lower(graph, target),
    createSession: (model, where) => createModelSession(model, where, blockedOptions),
  }
}

/** Runs a graph once with a lowering. */
async function run({ graph, feeds }: Probe, lowering: ChosenLowering): Promise<Readonly<Record<string, Tensor>>> {
  const session = await lowering.createSession(serializeModel(lowering.lower(graph)), `graph "${graph.name}"`)
  try {
    return await session.run(feeds)
  } finally {
    await session.release()
  }
}

interface Probe {
  readonly graph: Graph
  readonly feeds: Readonly<Record<string, Tensor>>
}
