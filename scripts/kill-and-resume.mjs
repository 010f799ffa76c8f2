/**
 * Trains twice: once without interruption, and once killed with SIGKILL at ten moments (at random times, while a checkpoint is written, as
 * an epoch ends) and resumed each time. Both must end with the same checkpoints, byte for byte. Takes some minutes; needs `npm run build`.
 *
 *     node scripts/kill-and-resume.mjs [kills] [options of train ...]
 */
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { runnerImport } from 'vite'

const root = join(dirname(fileURLToPath(import.meta.url)), '..')
const { runBinary, epochMoment, savingMoment, timeMoment } = (
  await runnerImport(join(root, 'test/support/kill-run.ts'))
).module

const [kills = '10', ...given] = process.argv.slice(2)
const options = given.length > 0 ? given : ['--epochs', '6', '--dropout', '0.1']
const cwd = mkdtempSync(join(tmpdir(), 'kill-and-resume-'))
const killed = join(cwd, 'killed')

const started = performance.now()
await finish('whole', ['-o', 'whole', '--save-every', '3', ...options])
const wholeMs = performance.now() - started

for (let kill = 1; kill <= Number(kills); kill++) {
  const [words, moment] = momentOf(kill)
  const args = kill === 1 ? ['-o', 'killed', ...options] : ['--resume', 'killed']
  const { signal, stderr } = await runBinary(['train', ...args, '--save-every', '3'], { cwd, moment })
  const from = /goes on after (.*)$/m.exec(stderr)?.[1] ?? '(not yet)'
  console.log(`kill ${kill} of ${kills} ${words}, went on after ${from}: ${signal ?? 'too late'}`)
  if (signal === null) break
}
await finish('killed', ['--resume', 'killed'])

const same = ['last', 'best'].every(name => {
  const [a, b] = ['whole', 'killed'].map(run => readFileSync(join(cwd, run, 'checkpoints', name)))
  console.log(`${name}: ${a.equals(b) ? 'the same' : 'NOT the same'} ${a.length} bytes`)
  return a.equals(b)
})
rmSync(cwd, { recursive: true })
process.exitCode = same ? 0 : 1

/** In turn: at a random time of what a part of the run takes, while it saves, as an epoch ends. */
function momentOf(kill) {
  if (kill % 3 === 1) {
    const ms = Math.round((0.2 + Math.random() * 0.3) * wholeMs)
    return [`after ${(ms / 1000).toFixed(1)} s`, timeMoment(ms)]
  }
  // Not always the first: a run that dies in every first save never gets on.
  const count = 1 + Math.floor(Math.random() * 3)
  return kill % 3 === 2
    ? [`while it saves (${count})`, savingMoment(killed, count)]
    : [`as an epoch ends (${count})`, epochMoment(killed, count)]
}

async function finish(run, args) {
  const { status, stderr } = await runBinary(['train', ...args], { cwd })
  if (status !== 0) throw new Error(`Training ${run} ended with ${status}: ${stderr}`)
  console.log(`${run}: trained to its end`)
}
