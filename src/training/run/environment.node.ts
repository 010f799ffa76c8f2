import { availableParallelism, cpus } from 'node:os'
import { packageVersion } from '../../package-version.node.js'
import { chooseLowering } from '../session/choose-lowering.js'
import type { WeightsOrigin } from '../weights/weights-origin.js'

/** What a run ran on, for whoever compares runs later. */
export interface RunEnvironment {
  /** ISO 8601, UTC. */
  readonly startedAt: string
  readonly commandLine: readonly string[]
  readonly packageVersion: string
  readonly node: string
  readonly onnxruntimeNode: string
  readonly platform: string
  readonly cpu: string
  /** Threads that run at the same time. */
  readonly cores: number
  /** How the graphs run. */
  readonly lowering: string
  /** The file that the first weights came from, then the one that those of that file came from; empty where all were random. */
  readonly weights: readonly WeightsOrigin[]
}

/** Describes this process and machine, the lowering that sessions choose here, and the weights that a training starts from. */
export async function describeEnvironment(
  started: Date,
  weights: readonly WeightsOrigin[] = [],
): Promise<RunEnvironment> {
  const { env } = await import('onnxruntime-node')
  return {
    startedAt: started.toISOString(),
    commandLine: process.argv.slice(2),
    packageVersion: packageVersion(),
    node: process.versions.node,
    onnxruntimeNode: env.versions.node ?? env.versions.common,
    platform: `${process.platform} ${process.arch}`,
    cpu: cpus()[0]?.model.trim() ?? 'unknown',
    cores: availableParallelism(),
    lowering: (await chooseLowering('auto')).name,
    weights,
  }
}
