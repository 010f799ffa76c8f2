#!/usr/bin/env node
import { reportError } from './exit-codes.js'
import { processIo } from './io.js'
import { runCli } from './run-cli.js'

const io = processIo()

// Whoever reads our output may stop reading, as `head` does: then there is nobody left to tell anything.
process.stdout.on('error', error => {
  if ('code' in error && error.code === 'EPIPE') process.exit(0)
  throw error
})
process.on('uncaughtException', error =>
  exit(reportError(error, io, { debug: process.argv.includes('--debug'), color: true })),
)

exit(await runCli(process.argv.slice(2), io))

/** Ends the program once what was printed has arrived. */
function exit(code: number): void {
  process.stdout.write('', () => process.stderr.write('', () => process.exit(code)))
}
