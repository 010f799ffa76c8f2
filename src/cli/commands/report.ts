import type { Command } from 'commander'
import { showExamples } from '../help.js'
import type { Io } from '../io.js'
import { outputOf } from '../output.js'
import type { ReportArguments } from '../report/write-report.js'

/** Adds `piece-locator report`. */
export function registerReport(program: Command, io: Io): void {
  const command = program
    .command('report')
    .description('Turn runs, finished or not, into one page: results, curves, differences, pictures.')
    .argument('[runs...]', 'folders of runs (default: all in runs/)')
    .option('-o, --output <html>', 'the page: a new file, or a report, which is replaced (default: report.html)')
    .option('--json', 'print one JSON document; the page is written only where -o asks for it')
    .action(async (runs: string[], options: ReportArguments) => {
      const { writeReport } = await import('../report/write-report.js')
      await writeReport(runs, options, outputOf(command, io))
    })
  showExamples(command, [
    { line: 'piece-locator report', does: 'all runs side by side, in report.html' },
    { line: 'piece-locator report runs/2026-10-02-quick -o quick.html', does: 'a single run' },
  ])
}
