import { z } from 'zod'
import { expected } from '../../errors.js'

const metrics = z.object({
  n: z.number(),
  cellAccuracy: z.number(),
  cellAccuracyInterval: z.tuple([z.number(), z.number()]).readonly(),
  mse: z.number(),
  meanDistance: z.number(),
  medianDistance: z.number(),
})

const summarySchema = z.object({
  formatVersion: z.literal(1),
  finishedAt: z.string(),
  /** From the first step to the end of the test. */
  seconds: z.number(),
  epochs: z.number(),
  /** The epoch whose weights were tested and exported. */
  bestEpoch: z.number(),
  pictures: z.object({
    from: z.string(),
    train: z.number(),
    val: z.number(),
    test: z.number(),
    leftOut: z.number(),
  }),
  /** On the test pictures, measured once. */
  test: metrics,
  /** On the same pieces. */
  baselines: z.object({ chance: z.number(), meanColor: metrics }),
})

/** What came out of a run. */
export type RunSummary = z.infer<typeof summarySchema>

/** Reads a run's summary. @throws E_INPUT where it is none */
export function parseRunSummary(text: string, where: string): RunSummary {
  try {
    return summarySchema.parse(JSON.parse(text))
  } catch (cause) {
    throw expected('E_INPUT', "a run's summary (JSON, format 1)", where, 'something else', { cause })
  }
}
