import { join } from 'node:path'
import type { Command } from 'commander'
import { fetchOptions } from '../first-weights.js'
import { showExamples } from '../help.js'
import type { Io } from '../io.js'
import { type Output, outputOf } from '../output.js'
import { addNetworkOptions, type ConfigOptions } from '../training-options.js'

interface ArtifactsArguments extends ConfigOptions {
  readonly preset: string
  readonly output?: string
}

/** Adds `piece-locator artifacts`. */
export function registerArtifacts(program: Command, io: Io): void {
  const command = program
    .command('artifacts')
    .description("Build the files of ONNX Runtime's on-device training: graphs and first weights.")
    .option('--preset <name>', 'what the options start from: quick, exp9, exp9-gradual, exp9-scratch', 'exp9')
    .option('-o, --output <folder>', 'where to write them (default: artifacts/<preset>)')
  addNetworkOptions(command).action((options: ArtifactsArguments) => artifacts(options, outputOf(command, io), io))
  showExamples(command, [
    {
      line: 'piece-locator artifacts --preset exp9 -o artifacts/exp9',
      does: 'training, eval and optimizer model, checkpoint',
    },
  ])
}

async function artifacts(options: ArtifactsArguments, output: Output, io: Io): Promise<void> {
  const { trainingConfig } = await import('../training-config.js')
  const { artifactsOf, writeArtifacts } = await import('../../training/artifacts/artifacts.node.js')
  const { reportCheckpoint } = await import('../inspect/checkpoint-report.js')
  const { reportLines } = await import('../inspect/report-lines.js')
  const config = trainingConfig(options, options.preset)
  const folder = options.output ?? join('artifacts', options.preset)
  const artifacts = await artifactsOf(config, fetchOptions(output, io))
  await writeArtifacts(artifacts, folder)
  output.result(output.paint('bold', `${folder}: training artifacts`))
  for (const line of reportLines(reportCheckpoint(artifacts.checkpoint))) output.result(line)
}
