export { type ErrorCode, LocatorError } from './errors.js'
export type { ModelCard, ModelFile, ModelMetrics, ModelProvenance } from './exported-model/model-card.js'
export { formatGrid, type Grid, parseGrid } from './image/grid.js'
export type { RgbImage } from './image/rgb-image.js'
export type { ImageInput } from './inference/image-input.node.js'
export { PieceLocator } from './inference/piece-locator.node.js'
export type { Pixels } from './inference/pixels.js'
export type { PreparedPuzzle } from './inference/prepared-puzzle.js'
export type {
  Backend,
  Candidate,
  Heatmap,
  LocateOptions,
  LocateResult,
  Point,
  PuzzleOptions,
  Timings,
} from './inference/types.js'
export type { NetworkConfig } from './nn/network.js'
export type { ParameterGroup } from './optim/param-groups.js'
export { createArray, type DataType, elementCount, type Tensor, tensor, zeros } from './tensor.js'
export type { PresetArtifactOptions } from './training/artifacts/artifact-options.js'
export type { TrainingArtifacts } from './training/artifacts/artifacts.js'
export { buildArtifacts, readArtifacts } from './training/artifacts/artifacts.node.js'
export type { ArtifactOptions } from './training/artifacts/create-artifacts.js'
export type { Checkpoint, Moments, OptimizerState, Property } from './training/checkpoint/checkpoint.js'
export { readCheckpoint, writeCheckpoint } from './training/checkpoint/checkpoint.node.js'
export type { TrainingConfig } from './training/config.js'
export { type PresetName, presets } from './training/presets.js'
export {
  type Feeds,
  type LearningRates,
  type Outputs,
  TrainingSession,
  type TrainingSessionOptions,
} from './training/session/training-session.js'
