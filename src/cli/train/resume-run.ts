import { readFile } from 'node:fs/promises'
import { join, resolve } from 'node:path'
import { preparePictures } from '../../data/manifest.node.js'
import { manifestDifference } from '../../data/manifest-difference.js'
import { drawnPictures, manifestPictures, type SplitPictures } from '../../data/split-pictures.node.js'
import { describe, expected, LocatorError } from '../../errors.js'
import { artifactOptionsOf } from '../../training/artifacts/artifact-options.js'
import type { TrainingArtifacts } from '../../training/artifacts/artifacts.js'
import { artifactsOf } from '../../training/artifacts/artifacts.node.js'
import { createArtifacts } from '../../training/artifacts/create-artifacts.js'
import type { Checkpoint } from '../../training/checkpoint/checkpoint.js'
import { configDifferences } from '../../training/config-difference.js'
import { describeEnvironment } from '../../training/run/environment.node.js'
import type { StartedRun } from '../../training/run/open-run.node.js'
import { withoutPosition } from '../../training/run/position-properties.js'
import { runFiles } from '../../training/run/run-files.js'
import type { StoppedRun } from '../../training/run/stopped-run.node.js'
import { fetchOptions } from '../first-weights.js'
import type { Io } from '../io.js'
import type { Output } from '../output.js'
import { changedConfig, readConfigFile } from '../training-config.js'
import type { TrainingParts } from './new-run.js'
import type { TrainArguments } from './train-arguments.js'

/** Refuses options that contradict the run that is to go on. @throws E_USAGE naming them */
export async function checkUnchanged({ path, config, manifest }: StartedRun, options: TrainArguments): Promise<void> {
  const changed = changedConfig(config, options, await readConfigFile(options.config))
  const differences = configDifferences(config, changed).map(
    ({ key, before, after }) => `${key} ${describe(before)}, not ${describe(after)}`,
  )
  if (options.images !== undefined && resolve(options.images) !== manifest?.folder) {
    differences.push(`pictures ${manifest ? describe(manifest.folder) : 'drawn'}, not ${describe(options.images)}`)
  }
  if (options.output !== undefined && resolve(options.output) !== resolve(path)) {
    differences.push(`the folder ${describe(path)}, not ${describe(options.output)}`)
  }
  if (differences.length === 0) return
  throw new LocatorError('E_USAGE', `The run ${path} began with ${differences.join('; ')}.`, {
    hint: 'A run goes on as it began: leave these options out, or start a new run.',
  })
}

/** The parts of a run that was stopped, in the state that was saved. @throws E_INPUT where pictures have changed, E_CHECKPOINT */
export async function prepareResumedRun(run: StoppedRun, output: Output, io: Io): Promise<TrainingParts> {
  const { config, checkpoint } = run
  const pictures = await openPictures(run, output)
  const artifacts = checkpoint
    ? resumedArtifacts(createArtifacts(artifactOptionsOf(config)), checkpoint, run.path)
    : await artifactsOf(config, fetchOptions(output, io))
  await warnOfChanges(run, output)
  return { config, pictures, artifacts }
}

async function openPictures({ path, config, manifest }: StoppedRun, output: Output): Promise<SplitPictures> {
  if (!manifest) return drawnPictures({ ...config.embedded, seed: config.seed })
  const { folder } = manifest
  const present = await preparePictures(folder, {
    known: manifest,
    onProgress: (done, total) => output.progress({ type: 'advance', label: 'checking pictures', done, total }),
  }).finally(() => output.progress({ type: 'end' }))
  const difference = manifestDifference(manifest, present)
  if (difference === null) return manifestPictures(present)
  throw new LocatorError('E_INPUT', `The pictures of ${folder} are not those that ${path} began with: ${difference}.`, {
    hint: 'Put them back as they were, or start a new run.',
  })
}

function resumedArtifacts(artifacts: TrainingArtifacts, checkpoint: Checkpoint, run: string): TrainingArtifacts {
  const shapes = ({ trainable, frozen }: Checkpoint): Map<string, string> =>
    new Map([...trainable, ...frozen].map(([name, { dims }]) => [name, `[${dims}]`]))
  const [wanted, found] = [shapes(artifacts.checkpoint), shapes(checkpoint)]
  for (const name of new Set([...wanted.keys(), ...found.keys()])) {
    if (wanted.get(name) === found.get(name)) continue
    const where = `"${name}" of ${join(run, runFiles.checkpoints.last)}`
    throw expected('E_CHECKPOINT', wanted.get(name) ?? 'no parameter', where, found.get(name))
  }
  return { ...artifacts, checkpoint: withoutPosition(checkpoint) }
}

/** Says what about the machine is not as it was: the same steps then give other last digits. */
async function warnOfChanges({ path }: StoppedRun, output: Output): Promise<void> {
  const text = await readFile(join(path, runFiles.environment), 'utf8').catch(() => '{}')
  const before = new Map(configDifferences({}, parseObject(text)).map(({ key, after }) => [key, after]))
  const now = await describeEnvironment(new Date())
  const changes = (['packageVersion', 'onnxruntimeNode', 'lowering', 'cpu', 'cores'] as const)
    .filter(key => before.has(key) && before.get(key) !== now[key])
    .map(key => `${key} ${describe(before.get(key))} is now ${describe(now[key])}`)
  if (changes.length > 0)
    output.warn(`Results may differ in their last digits from an uninterrupted run: ${changes.join('; ')}.`)
}

function parseObject(text: string): object {
  try {
    const value: unknown = JSON.parse(text)
    return typeof value === 'object' && value !== null ? value : {}
  } catch {
    return {}
  }
}
