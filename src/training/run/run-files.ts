/** What lies where in a run's folder. */
export const runFiles = {
  /** The complete configuration. */
  config: 'config.json',
  environment: 'env.json',
  /** Which process trains here, while it does. */
  lock: 'train.lock',
  /** Parameter groups, with their counts, names and shapes. */
  parameters: 'params.json',
  /** The manifest of a folder's pictures and their split; absent where pictures are drawn. */
  pictures: 'pictures.json',
  /** One line an epoch, the same in both. */
  metricsCsv: 'metrics.csv',
  metricsJsonl: 'metrics.jsonl',
  /** Event files for TensorBoard. */
  tensorboard: 'tb',
  /** Accuracy and loss so far. */
  curve: 'plots/curve.svg',
  /** The state after the last epoch, and after the best one by validation. */
  checkpoints: { folder: 'checkpoints', last: 'checkpoints/last', best: 'checkpoints/best' },
  /** What came out, written at the end. */
  summary: 'summary.json',
  /** The exported model. */
  model: 'model',
  samples: 'samples',
  /** Pictures of the first training batch, of typical pieces of the test and of those placed worst. */
  sheets: { trainBatch: 'samples/train-batch.png', typical: 'samples/typical.png', worst: 'samples/worst.png' },
} as const

/** The folder that runs are made in, within the working folder. */
export const runsFolder = 'runs'

/** Names of the properties that a run adds to its checkpoints. */
export const checkpointProperties = {
  /** Epochs finished. */
  epoch: 'epoch',
  bestEpoch: 'best_epoch',
  /** Of the best epoch on the validation pictures, as texts. */
  bestCellAccuracy: 'best_cell_accuracy',
  bestMse: 'best_mse',
  /** Steps of the next epoch that were taken, and sums over them (JSON). */
  step: 'epoch_step',
  totals: 'epoch_totals',
  /** The run's configuration (JSON). */
  config: 'config',
} as const
