import { open } from 'node:fs/promises'
import { expected, LocatorError } from '../../errors.js'
import { reportMark, reportPage } from '../../eval/report.js'
import { differs, factRows, type ReportRun } from '../../eval/report-run.js'
import { counted } from '../../number-words.js'
import { packageVersion } from '../../package-version.node.js'
import { writeFileAtomically } from '../../training/checkpoint/write-file-atomically.node.js'
import { runsFolder } from '../../training/run/run-files.js'
import { listRuns, type RunRecord, readRunRecord } from '../../training/run/run-record.node.js'
import { cannotWrite } from '../../write-folder.node.js'
import type { Output } from '../output.js'
import { reportRun } from './report-run.js'

export interface ReportArguments {
  readonly output?: string
  readonly json?: true
}

/** The mark stands within this many bytes of a report. */
const HEAD = 2048

/** Reads runs and writes their page, or prints them as JSON. */
export async function writeReport(paths: readonly string[], options: ReportArguments, output: Output): Promise<void> {
  const page = options.output ?? (options.json ? undefined : 'report.html')
  if (page !== undefined) await checkPage(page)
  const records = paths.length > 0 ? await readAll(paths) : await readPresent(output)
  const runs = page === undefined ? records : await writePage(page, records)
  for (const problem of runs.flatMap(run => run.problems)) output.warn(problem)
  if (options.json) output.json(documentOf(records))
  else output.result(`${page}: ${counted(records.length, 'run')}`)
}

/** @returns the runs with what of their pictures could not be read. @throws E_INPUT where the page cannot be written */
async function writePage(path: string, records: readonly RunRecord[]): Promise<ReportRun[]> {
  const runs: ReportRun[] = []
  for (const record of records) runs.push(await reportRun(record))
  const text = reportPage(runs, { date: today(new Date()), version: packageVersion() })
  await writeFileAtomically(path, Buffer.from(text)).catch(cause => {
    throw cannotWrite(path, cause)
  })
  return runs
}

async function readAll(paths: readonly string[]): Promise<RunRecord[]> {
  const records = []
  for (const path of paths) records.push(await readRunRecord(path))
  return records
}

/** The runs of `runs/`; one that cannot be read is told and left out. @throws E_INPUT where there is none */
async function readPresent(output: Output): Promise<RunRecord[]> {
  const records = []
  for (const path of await listRuns(runsFolder)) {
    const record = await readRunRecord(path).catch(error => {
      if (!(error instanceof LocatorError)) throw error
      output.warn(`Left out: ${error.message}`)
    })
    if (record) records.push(record)
  }
  if (records.length > 0) return records
  throw new LocatorError('E_INPUT', `There is no run in the folder ${runsFolder}.`, {
    hint: 'Train first, or say where the runs are.',
  })
}

/** A new or empty file, or an older report: nothing else is overwritten. @throws E_USAGE */
async function checkPage(page: string): Promise<void> {
  if (!/\.html?$/i.test(page)) throw expected('E_USAGE', 'a file name that ends in .html', '--output', page)
  const head = await readHead(page)
  if (head === '' || head.includes(reportMark)) return
  throw expected('E_USAGE', 'a new file or a report', '--output', page, {
    hint: 'It holds something else, which would be lost.',
  })
}

/** The beginning of a file; nothing where there is none. @throws E_INPUT where it cannot be read */
async function readHead(path: string): Promise<string> {
  try {
    const file = await open(path, 'r')
    try {
      const { buffer, bytesRead } = await file.read(Buffer.alloc(HEAD), 0, HEAD, 0)
      return buffer.toString('utf8', 0, bytesRead)
    } finally {
      await file.close()
    }
  } catch (cause) {
    if ((cause as NodeJS.ErrnoException).code === 'ENOENT') return ''
    throw cannotWrite(path, cause)
  }
}

/** `--json`: what the files say, and in what the configurations differ. */
function documentOf(records: readonly RunRecord[]): Record<string, unknown> {
  const differences = factRows(records.map(record => record.config)).filter(differs)
  return {
    runs: records.map(record => ({ ...record, finished: record.summary !== null })),
    differences: Object.fromEntries(differences.map(({ name, values }) => [name, values])),
  }
}

/** `25 November 2026`, where the program runs. */
function today(date: Date): string {
  return date.toLocaleDateString('en-GB', { day: 'numeric', month: 'long', year: 'numeric' })
}
