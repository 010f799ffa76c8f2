import { type Command, Option } from 'commander'
import { expected } from '../../errors.js'
import { showExamples } from '../help.js'
import type { Io } from '../io.js'
import { required } from '../options.js'
import { type Output, outputOf } from '../output.js'

interface InspectArguments {
  readonly json?: true
  readonly nodes?: true
}

/** Adds `piece-locator inspect`. */
export function registerInspect(program: Command, io: Io): void {
  const command = program
    .command('inspect')
    .description('Say what is in a model, a checkpoint, a folder of training artifacts.')
    .argument('[file]', 'an .onnx file, a checkpoint, or the folder of a model or of artifacts')
    .option('--json', 'print one JSON document')
    .addOption(new Option('--nodes', 'print every node of an .onnx file').conflicts('json'))
    .action((file: string | undefined, options: InspectArguments) => inspect(file, options, outputOf(command, io)))
  showExamples(command, [
    { line: 'piece-locator inspect artifacts/exp9', does: 'parameters by group, inputs, outputs, operators' },
    { line: 'piece-locator inspect runs/2026-10-02-quick/checkpoints/best', does: 'a checkpoint' },
    { line: 'piece-locator inspect models/exp9/puzzle_encoder.onnx --nodes', does: 'a graph, node by node' },
  ])
}

async function inspect(file: string | undefined, options: InspectArguments, output: Output): Promise<void> {
  const path = required(file, 'a file or folder', 'inspect')
  const { inspectPath, readGraph } = await import('../inspect/inspect-path.js')
  if (options.nodes) {
    if (!path.endsWith('.onnx')) throw expected('E_USAGE', 'an .onnx file', '--nodes', path)
    const { printGraph } = await import('../../onnx/print.js')
    output.result(printGraph(await readGraph(path)).trimEnd())
    return
  }
  const report = await inspectPath(path)
  if (options.json) return output.json({ path, ...report })
  const { reportLines } = await import('../inspect/report-lines.js')
  output.result(output.paint('bold', `${path}: ${titles[report.kind]}`))
  for (const line of reportLines(report)) output.result(line)
}

const titles = {
  graph: 'a graph',
  checkpoint: 'a checkpoint',
  artifacts: 'training artifacts',
  model: 'an exported model',
} as const
