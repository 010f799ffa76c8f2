import { expected } from '../errors.js'
import type { TrainingConfig } from './config.js'

/** The seed experiment: 100 epochs from pretrained weights, the extractors ten times slower than the rest. */
const exp9: TrainingConfig = {
  preset: 'exp9',
  network: 'exp9',
  pieceSize: 128,
  puzzleSize: 256,
  grid: { rows: 2, cols: 2 },
  dropout: 0.1,
  batchNormMomentum: 0.01,
  epochs: 100,
  batchSize: 64,
  sampling: 'puzzles',
  backboneLr: 1e-4,
  headLr: 1e-3,
  weightDecay: 1e-4,
  freezeBackbone: false,
  gradualUnfreeze: null,
  batchNorm: 'batch',
  accum: 1,
  clipNorm: null,
  ema: null,
  seed: 1,
  augment: true,
  evaluatePieces: 'cut',
  trainOn: 'train+val',
  embedded: { size: 256, train: 720, val: 80, test: 200 },
}

/** Named, complete configurations. */
export const presets = {
  exp9,
  /** The seed experiment's other way: the extractors' last layers first, the middle ones from epoch 20 on. */
  'exp9-gradual': { ...exp9, preset: 'exp9-gradual', gradualUnfreeze: [20] },
  /** From random weights 1e-4 hardly learns: every group gets 1e-3. Validated on pictures of their own. */
  'exp9-scratch': { ...exp9, preset: 'exp9-scratch', backboneLr: 1e-3, trainOn: 'train' },
  /** Half the size and drawn pictures: learns in minutes on two cores. Running statistics follow the weights at once. */
  quick: {
    ...exp9,
    preset: 'quick',
    pieceSize: 64,
    puzzleSize: 128,
    dropout: 0,
    batchNormMomentum: 0.1,
    epochs: 30,
    backboneLr: 1e-3,
    weightDecay: 1e-2,
    evaluatePieces: 'photographed',
    trainOn: 'train',
    embedded: { size: 192, train: 640, val: 40, test: 128 },
  },
} as const satisfies Record<string, TrainingConfig>

export type PresetName = keyof typeof presets

/** The preset of that name. @throws E_USAGE listing those that there are */
export function presetNamed(name: string): TrainingConfig {
  if (Object.hasOwn(presets, name)) return presets[name as PresetName]
  throw expected('E_USAGE', `one of ${Object.keys(presets).join(', ')}`, '--preset', name)
}
