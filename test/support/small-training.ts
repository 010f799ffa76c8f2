import { mkdir, readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { runCli } from '../../src/cli/run-cli.js'
import { drawPicture } from '../../src/data/synth/draw-picture.js'
import { writePng } from '../../src/image/encode.node.js'
import type { TrainingConfig } from '../../src/training/config.js'
import { presets } from '../../src/training/presets.js'
import { fakeIo } from './fake-io.js'
import { toSharp } from './picture-files.js'

/** The smallest network that the options allow; a step takes a fraction of a second. */
export const smallConfig: TrainingConfig = {
  ...presets.quick,
  pieceSize: 32,
  puzzleSize: 64,
  epochs: 1,
  batchSize: 8,
  embedded: { size: 64, train: 8, val: 2, test: 4 },
}

/** The same as options. */
export const smallOptions = ['--piece-size', '32', '--puzzle-size', '64', '--batch-size', '8']

/** Writes drawn pictures `0.png`, `1.png`, ... into a folder. */
export async function writePictures(folder: string, count: number): Promise<void> {
  await mkdir(folder, { recursive: true })
  for (let i = 0; i < count; i++) await writePng(join(folder, `${i}.png`), drawPicture(9, i, 64))
}

/** Puts what is no usable picture into a folder: `text.jpg`, `cut.jpg` (truncated), `copy.png` (the bytes of `0.png`). */
export async function writeBadPictures(folder: string): Promise<void> {
  await writeFile(join(folder, 'text.jpg'), 'this is no picture')
  const jpeg = await toSharp(drawPicture(9, 100, 64))
    .jpeg()
    .toBuffer()
  await writeFile(join(folder, 'cut.jpg'), jpeg.subarray(0, jpeg.length / 2))
  await writeFile(join(folder, 'copy.png'), await readFile(join(folder, '0.png')))
}

/** Runs a command line in this process. */
export async function runCommand(...args: string[]): Promise<{ code: number; out: string; err: string }> {
  const io = fakeIo()
  const code = await runCli(args, io)
  return { code, out: io.out(), err: io.err() }
}
