import { expect, test } from 'vitest'
import { serializeModel } from '../../src/onnx/serialize.js'
import { encodeCheckpoint } from '../../src/training/checkpoint/write-checkpoint.js'
import { TrainingSession } from '../../src/training/session/training-session.js'
import { goldenExp9Artifacts } from '../support/exp9-golden.js'
import { exp9Batch, loadExp9Step } from '../support/golden-sketch.js'
import { loadOfficialRuntime } from '../support/official-runtime.js'

test("Microsoft's training runtime loads the four exp9 files and takes two steps with the native losses", async context => {
  const official = await loadOfficialRuntime()
  if (!official) return context.skip('onnxruntime-web 1.19.2 is not installed')
  const artifacts = goldenExp9Artifacts(1e-4)
  const batch = exp9Batch(loadExp9Step())
  const theirs = await official.TrainingSession.create({
    checkpointState: encodeCheckpoint(artifacts.checkpoint),
    trainModel: serializeModel(artifacts.trainingModel),
    evalModel: serializeModel(artifacts.evalModel),
    optimizerModel: serializeModel(artifacts.optimizerModel),
  })
  expect(theirs.trainingInputNames).toEqual(['piece', 'puzzle', 'target'])
  expect(theirs.trainingOutputNames).toEqual(['loss', 'position', 'attention'])
  expect(theirs.evalOutputNames).toEqual(['loss', 'position', 'attention'])
  expect(await theirs.getParametersSize(true)).toBe(2_001_891)

  const feeds = Object.fromEntries(
    (['piece', 'puzzle', 'target'] as const).map(name => [
      name,
      new official.Tensor('float32', batch[name].data as Float32Array, batch[name].dims),
    ]),
  )
  const ours = await TrainingSession.load(artifacts)
  for (const step of [1, 2]) {
    const { loss } = await theirs.runTrainStep(feeds)
    await theirs.runOptimizerStep()
    await theirs.lazyResetGrad()
    // The official runtime's learning rate is always ONNX Runtime's default, which is ours too.
    const own = (await ours.runStep(batch)).loss!.data[0] as number
    expect(Math.abs((loss!.data[0] as number) - own) / own, `step ${step}`).toBeLessThan(1e-5)
  }
  const evaluated = await theirs.runEvalStep(feeds)
  const own = (await ours.runEvalStep(batch)).loss!.data[0] as number
  expect(Math.abs((evaluated.loss!.data[0] as number) - own) / own).toBeLessThan(1e-3)
  await ours.release()
  await theirs.release()
})
