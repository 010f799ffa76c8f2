import { join } from 'node:path'
import { LocatorError } from '../../errors.js'
import type { ReportRun, Sheet } from '../../eval/report-run.js'
import { decodeImage } from '../../image/decode.node.js'
import { encodeWebp } from '../../image/encode.node.js'
import { runFiles } from '../../training/run/run-files.js'
import type { RunRecord } from '../../training/run/run-record.node.js'
import { curvePoint } from '../curve-point.js'

/** A run as its report tells it, with its pictures. */
export async function reportRun(record: RunRecord): Promise<ReportRun> {
  const { path, name, config, environment, epochs, summary } = record
  const problems = [...record.problems]
  const sheet = (file: string, title: string) => readSheet(path, file, `${title}, ${name}`, problems)
  const predictions = [
    await sheet(runFiles.sheets.typical, 'Typical pieces of the test with the answers'),
    await sheet(runFiles.sheets.worst, 'The pieces of the test that were placed worst'),
  ]
  return {
    ...{ path, name, config, environment, epochs },
    curve: epochs.map(curvePoint),
    result: summary,
    sheets: {
      predictions: predictions.filter(found => found !== null),
      batch: await sheet(runFiles.sheets.trainBatch, 'The first training batch'),
    },
    problems,
  }
}

/** A picture of the run, decoded and encoded anew: small, and nothing but a picture. Null where there is none. */
async function readSheet(run: string, file: string, title: string, problems: string[]): Promise<Sheet | null> {
  try {
    const image = await decodeImage(join(run, file))
    const source = `data:image/webp;base64,${Buffer.from(await encodeWebp(image)).toString('base64')}`
    return { title, source, width: image.width, height: image.height }
  } catch (error) {
    if (!(error instanceof LocatorError)) throw error
    if (error.code === 'E_IMAGE') problems.push(error.message)
    return null
  }
}
