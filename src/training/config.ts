import { z } from 'zod'
import { expected, type LocatorError } from '../errors.js'

const side = z.int().min(32).max(4096)
const rate = z.number().positive().max(1)

/** Everything that decides a training run, with units and reasons. The schema is the documentation. */
export const trainingConfigSchema = z.strictObject({
  preset: z.string().describe('the preset that the rest started from'),
  network: z.literal('exp9').describe('two MobileNetV3-Small, spatial correlation, refinement'),
  weights: z
    .string()
    .min(1)
    .optional()
    .describe('where the first weights come from: a file, a run, or imagenet; random where it is left out'),
  pieceSize: side.describe('side of a piece, pixels'),
  puzzleSize: side.describe('side of a puzzle, pixels'),
  grid: z
    .strictObject({ rows: z.int().min(1).max(200), cols: z.int().min(1).max(200) })
    .describe('the grid that pieces are cut on'),
  dropout: z.number().min(0).lt(1).describe('probability of dropping, in the correlation and the refinement'),
  batchNormMomentum: rate.describe(
    "weight of a batch in the running statistics, PyTorch's sense; torchvision has 0.01",
  ),
  epochs: z.int().min(1).max(100_000).describe('passes over the training pictures'),
  batchSize: z.int().min(1).max(4096).describe('pieces per step'),
  sampling: z
    .enum(['puzzles', 'independent'])
    .describe(
      'puzzles: several pieces of each puzzle in a batch, which is encoded once; independent: the seed experiment’s',
    ),
  backboneLr: rate.describe('learning rate of both extractors at the start; cosine annealing to 0'),
  headLr: rate.describe('learning rate of correlation and refinement at the start'),
  weightDecay: z.number().min(0).max(1).describe('decoupled weight decay of all parameters'),
  freezeBackbone: z.boolean().default(false).describe('whether both extractors keep their first weights'),
  gradualUnfreeze: z
    .array(z.int().min(1).max(100_000))
    .max(2)
    .nullable()
    .default(null)
    .describe(
      'of the extractors only layers 10 to 12 train at first; 7 to 9 and 4 to 6 from these epochs on, 0 to 3 never; null trains all',
    ),
  batchNorm: z
    .enum(['batch', 'frozen'])
    .default('batch')
    .describe(
      'batch-norms of frozen layers: by the statistics of the batch, moving the running ones, or by the running ones',
    ),
  accum: z
    .int()
    .min(1)
    .max(1024)
    .default(1)
    .describe('batches per optimizer step, which takes the mean of their gradients'),
  clipNorm: z
    .number()
    .positive()
    .nullable()
    .default(null)
    .describe('the largest norm of all gradients together; null for any'),
  ema: z
    .number()
    .positive()
    .lt(1)
    .nullable()
    .default(null)
    .describe('decay of a moving average of the weights, which is then evaluated and exported; null for none'),
  seed: z
    .int()
    .min(0)
    .max(2 ** 31 - 1)
    .describe('of weights, order, augmentation, dropout and drawn pictures'),
  augment: z
    .boolean()
    .describe('whether training pieces are photographed anew each epoch: color, turn, shift, scale, blur'),
  evaluatePieces: z
    .enum(['cut', 'photographed'])
    .describe(
      'pieces of val and test: as they were cut, like the seed experiment’s, or photographed like those of training, where matching by mean color no longer answers',
    ),
  trainOn: z
    .enum(['train', 'train+val'])
    .describe('train+val selects nothing and keeps the last epoch, as the seed experiment did'),
  embedded: z
    .strictObject({
      size: side.describe('side of a drawn picture, pixels'),
      train: z.int().min(1).max(1_000_000),
      val: z.int().min(1).max(100_000),
      test: z.int().min(1).max(100_000),
    })
    .describe('how many pictures are drawn where no folder is given'),
})

/** A complete, checked configuration. */
export type TrainingConfig = z.infer<typeof trainingConfigSchema>

/**
 * Checks a configuration.
 *
 * @throws E_CONFIG naming the key that is missing, unknown or out of range
 */
export function parseTrainingConfig(value: unknown): TrainingConfig {
  const parsed = trainingConfigSchema.safeParse(value)
  if (!parsed.success) throw configError(parsed.error.issues[0]!, value)
  checkBatch(parsed.data)
  checkFreezing(parsed.data)
  return parsed.data
}

/** Pieces that a batch draws of each puzzle: the cells of a 2x2 grid, else four. */
export const piecesPerPuzzle = 4

/** How a batch is made up of puzzles and their pieces. */
export function batchSizes(config: TrainingConfig): { puzzlesPerBatch: number; piecesPerPuzzle: number } {
  const pieces = Math.min(piecesPerPuzzle, config.grid.rows * config.grid.cols)
  return { puzzlesPerBatch: config.batchSize / pieces, piecesPerPuzzle: pieces }
}

function checkBatch(config: TrainingConfig): void {
  const { piecesPerPuzzle: pieces, puzzlesPerBatch } = batchSizes(config)
  if (Number.isInteger(puzzlesPerBatch)) return
  throw expected(
    'E_CONFIG',
    `a multiple of ${pieces}, the pieces drawn of each puzzle`,
    'the batch size',
    config.batchSize,
  )
}

function checkFreezing({ freezeBackbone, gradualUnfreeze }: TrainingConfig): void {
  if (gradualUnfreeze === null) return
  if (freezeBackbone)
    throw expected('E_CONFIG', 'a frozen backbone or a gradual unfreezing', 'the configuration', 'both')
  const [first = 1, second = first + 1] = gradualUnfreeze
  if (second > first) return
  throw expected('E_CONFIG', 'epochs that ascend', '"gradualUnfreeze" of the configuration', gradualUnfreeze)
}

/** The issue in this package's grammar: zod's messages read "Too small: expected number to be >=32". */
function configError(issue: z.core.$ZodIssue, value: unknown): LocatorError {
  if (issue.code === 'unrecognized_keys') {
    return expected('E_CONFIG', 'known keys only', 'the configuration', issue.keys[0])
  }
  const what = issue.message.replace(/^.*?expected /i, '').replace(/, received .*$/, '')
  const received = issue.path.reduce<unknown>((part, key) => (part as Record<PropertyKey, unknown>)?.[key], value)
  return expected('E_CONFIG', what, `"${issue.path.join('.')}" of the configuration`, received)
}
