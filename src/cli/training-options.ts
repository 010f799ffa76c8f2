import { availableParallelism } from 'node:os'
import { type Command, Option } from 'commander'
import type { Grid } from '../image/grid.js'
import { decimalNumber, epochList, grid, wholeNumber } from './options.js'

/** Numbers of a training that an option may change; the rest, and all that is left out, is the preset's. */
export interface ConfigOptions {
  readonly preset?: string
  readonly epochs?: number
  readonly batchSize?: number
  readonly backboneLr?: number
  readonly headLr?: number
  readonly dropout?: number
  readonly weightDecay?: number
  readonly puzzleSize?: number
  readonly pieceSize?: number
  readonly grid?: Grid
  readonly seed?: number
  readonly weights?: string
  readonly sampling?: 'puzzles' | 'independent'
  readonly freezeBackbone?: boolean
  readonly gradualUnfreeze?: readonly number[]
  readonly batchNorm?: 'batch' | 'frozen'
  readonly accum?: number
  readonly clipNorm?: number
  readonly ema?: number
}

/** How batches are made. */
export interface DataOptions {
  readonly workers: number
  readonly cacheMb: number
}

/** Adds the options that decide the network. */
export function addNetworkOptions(command: Command): Command {
  const side = (option: string) => wholeNumber(option, 32, 4096)
  return command
    .optionsGroup('Network:')
    .option('--piece-size <pixels>', 'side of a piece', side('--piece-size'))
    .option('--puzzle-size <pixels>', 'side of a puzzle', side('--puzzle-size'))
    .option('--dropout <p>', 'probability of dropping, 0 <= p < 1', decimalNumber('--dropout', 0, 1))
    .option('--weight-decay <factor>', 'decoupled weight decay', decimalNumber('--weight-decay', 0, 1))
    .option(
      '--weights <file|run|imagenet>',
      'first weights: a .pth, .safetensors or checkpoint file, a run, or torchvision’s of ImageNet (default: random)',
    )
    .option('--seed <number>', 'seed of everything random', wholeNumber('--seed', 0, 2 ** 31 - 1))
}

/** Adds the options that decide the training. */
export function addTrainingOptions(command: Command): Command {
  return command
    .optionsGroup('Training:')
    .option('--epochs <count>', 'passes over the training pictures', wholeNumber('--epochs', 1, 100_000))
    .option('--batch-size <pieces>', 'pieces per step', wholeNumber('--batch-size', 1, 4096))
    .option('--backbone-lr <rate>', 'learning rate of both extractors', decimalNumber('--backbone-lr', 0, 1))
    .option('--head-lr <rate>', 'learning rate of the rest', decimalNumber('--head-lr', 0, 1))
    .option('--freeze-backbone', 'train the heads only, on the extractors as they are')
    .addOption(
      new Option(
        '--gradual-unfreeze [epochs]',
        'train layers 10-12 of the extractors, 7-9 and 4-6 from these epochs on, 0-3 never (default without epochs: 20)',
      )
        .preset('20')
        .argParser(epochList('--gradual-unfreeze')),
    )
    .addOption(
      new Option(
        '--batch-norm <how>',
        'batch-norms of frozen layers: by the batch, moving the running statistics, or by these',
      ).choices(['batch', 'frozen']),
    )
    .option('--accum <batches>', 'batches per optimizer step', wholeNumber('--accum', 1, 1024))
    .option('--clip-norm <norm>', 'largest norm of all gradients together', decimalNumber('--clip-norm', 0))
    .option('--ema <decay>', 'average the weights, for evaluation and export', decimalNumber('--ema', 0, 1))
    .option('--grid <ROWSxCOLS>', 'the grid that pieces are cut on', grid('--grid'))
    .addOption(
      new Option(
        '--sampling <how>',
        'puzzles: several pieces of each puzzle in a batch; independent: every piece with a puzzle of its own',
      ).choices(['puzzles', 'independent']),
    )
}

/** Adds the options that decide how batches are made, but nothing about what is in them. */
export function addDataOptions(command: Command): Command {
  // One core is left to the training itself; more than four threads only wait.
  const workers = Math.max(1, Math.min(4, availableParallelism() - 1))
  return command
    .optionsGroup('Machine:')
    .option('--workers <count>', 'threads that make batches', wholeNumber('--workers', 0, 64), workers)
    .option('--cache-mb <MB>', 'memory for decoded pictures', wholeNumber('--cache-mb', 0, 1_000_000), 1024)
}
