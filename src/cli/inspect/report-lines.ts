import { describe } from '../../errors.js'
import { formatGrid } from '../../image/grid.js'
import { count, counted, percent } from '../../number-words.js'
import { artifactFiles } from '../../training/artifacts/artifacts.js'
import { firstWeightsWords } from '../first-weights.js'
import type { Amount, CheckpointReport } from './checkpoint-report.js'
import type { GraphReport } from './graph-report.js'
import type { ArtifactsReport, ModelReport, Report } from './inspect-path.js'

/** A training graph has a thousand inputs, most of them parameters; more than this are not listed. */
const LISTED = 12

/** A report as people read it. */
export function reportLines(report: Report): string[] {
  switch (report.kind) {
    case 'graph':
      return graphLines(report)
    case 'checkpoint':
      return checkpointLines(report)
    case 'artifacts':
      return artifactsLines(report)
    case 'model':
      return modelLines(report)
  }
}

function graphLines({ inputs, outputs, constants, nodes, operators, opsets, functions }: GraphReport): string[] {
  return [
    row(
      'operator sets',
      Object.entries(opsets)
        .map(entry => entry.join(' '))
        .join(', '),
    ),
    ...valueLines('input', inputs),
    ...valueLines('output', outputs),
    row('constants', amount(constants)),
    row('nodes', count(nodes)),
    ...Object.entries(operators).map(([operator, uses]) => row(`  ${operator}`, count(uses))),
    ...(functions.length === 0 ? [] : [row('own functions', functions.join(', '))]),
  ]
}

function valueLines(title: string, values: GraphReport['inputs']): string[] {
  const lines = values.slice(0, LISTED).map(({ name, type }) => row(title, `${name}: ${type}`))
  if (values.length > LISTED) lines.push(row(title, `and ${count(values.length - LISTED)} more; --json lists them`))
  return lines
}

function checkpointLines(report: CheckpointReport): string[] {
  const { parameters, groups, frozen, optimizerSteps, firstWeights, properties } = report
  return [
    row('parameters', amount(parameters)),
    ...groups.map(group => row(`  ${group.name}`, `${amount(group)}, weight decay ${group.weightDecay}`)),
    row('not trained', amount(frozen)),
    row('AdamW', counted(optimizerSteps, 'step')),
    row('first weights', firstWeightsWords(firstWeights)),
    ...Object.entries(properties).map(([name, value]) =>
      row(name, typeof value === 'number' ? `${value}` : short(value)),
    ),
  ]
}

function artifactsLines(report: ArtifactsReport): string[] {
  const parts = ['checkpoint', 'trainingModel', 'evalModel', 'optimizerModel'] as const
  return parts.flatMap((part, i) => [
    ...(i === 0 ? [] : ['']),
    artifactFiles[part],
    ...reportLines(report[part]).map(line => `  ${line}`),
  ])
}

function modelLines({ card, graphs }: ModelReport): string[] {
  const { name, kind, input, grid, metrics, provenance, licence, files } = card
  return [
    row('name', `${name} (${kind})`),
    row(
      'input',
      `puzzles of ${input.puzzleSize}x${input.puzzleSize}, pieces of ${input.pieceSize}x${input.pieceSize} pixels`,
    ),
    row('grid', formatGrid(grid)),
    ...metrics.map(({ split, n, cellAccuracy }) => row(split, `${percent(cellAccuracy)} of ${counted(n, 'piece')}`)),
    row('from', `preset ${provenance.preset}, ${counted(provenance.epochs, 'epoch')}, pictures ${provenance.pictures}`),
    row('licence', licence),
    ...(['puzzle_encoder', 'piece_locator'] as const).flatMap(graph => [
      '',
      files[graph].path,
      ...graphLines(graphs[graph]).map(line => `  ${line}`),
    ]),
  ]
}

function row(title: string, text: string): string {
  return `${title.padEnd(24)} ${text}`
}

function amount({ tensors, elements }: Amount): string {
  return `${count(elements)} in ${counted(tensors, 'tensor')}`
}

function short(text: string): string {
  return text.length <= 40 ? text : describe(text)
}
