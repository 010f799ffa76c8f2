import { writeFile } from 'node:fs/promises'
import { join, resolve } from 'node:path'
import { listPictureFiles } from '../data/folder.node.js'
import { drawPicture } from '../data/synth/draw-picture.js'
import { expected, LocatorError } from '../errors.js'
import { decodeImage, SHORTEST_SIDE } from '../image/decode.node.js'
import { cellCenter, cellCount, formatGrid, type Grid, rowAndColumn } from '../image/grid.js'
import type { RgbImage } from '../image/rgb-image.js'
import { counted } from '../number-words.js'
import { presets } from '../training/presets.js'
import { writeFolder } from '../write-folder.node.js'
import { required } from './options.js'
import type { Output } from './output.js'
import { cutOut, shrink, writePuzzle } from './puzzle-files.js'

export interface GenerateArguments {
  readonly images?: string
  readonly output?: string
  readonly grid: Grid
  readonly count: number
  readonly size?: number
}

/** Side of a drawn picture, pixels. */
const DRAWN_SIZE = 512

/** A picture, and what people call it. */
interface NamedPicture {
  readonly name: string
  readonly image: RgbImage
}

/** `manifest.json`: which piece is of which cell of which puzzle. */
interface GeneratedManifest {
  readonly formatVersion: 1
  readonly grid: Grid
  readonly puzzles: {
    readonly file: string
    readonly picture: string
    readonly width: number
    readonly height: number
  }[]
  readonly pieces: {
    readonly file: string
    readonly puzzle: string
    readonly cell: number
    readonly row: number
    readonly col: number
    /** Fractions of width and height. */
    readonly center: { readonly x: number; readonly y: number }
  }[]
}

/** Writes puzzles, all their pieces and a manifest, all or nothing. */
export async function generatePuzzles(options: GenerateArguments, output: Output): Promise<void> {
  const folder = required(options.output, 'a folder to write to', '--output')
  const pictures = options.images === undefined ? drawn(options) : folderImages(options.images, options, output)
  const manifest = await writeFolder(folder, null, async temporary => {
    const manifest: GeneratedManifest = { formatVersion: 1, grid: options.grid, puzzles: [], pieces: [] }
    for await (const picture of pictures) {
      await addPuzzle(temporary, manifest, picture)
      const done = manifest.puzzles.length
      output.progress({ type: 'advance', label: 'cutting', done, total: options.count })
    }
    if (manifest.puzzles.length === 0) throw noPictures(options.images!)
    await writeFile(join(temporary, 'manifest.json'), `${JSON.stringify(manifest, null, 2)}\n`)
    return manifest
  }).finally(() => output.progress({ type: 'end' }))
  const { puzzles, pieces } = manifest
  output.result(`${folder}: ${counted(puzzles.length, 'puzzle')}, ${counted(pieces.length, 'piece')}, manifest.json`)
}

async function* drawn({ count, size = DRAWN_SIZE }: GenerateArguments): AsyncGenerator<NamedPicture> {
  const { seed } = presets.quick
  for (let i = 0; i < count; i++) yield { name: `embedded picture ${i}`, image: drawPicture(seed, i, size) }
}

/** The first pictures of a folder that can be read, by name. */
async function* folderImages(
  folder: string,
  { count, size = Number.POSITIVE_INFINITY }: GenerateArguments,
  output: Output,
): AsyncGenerator<NamedPicture> {
  const { files } = await listPictureFiles(folder)
  let found = 0
  for (const { name } of files) {
    if (found === count) return
    const image = await decodeImage(join(resolve(folder), name), name).catch(error => {
      if (!(error instanceof LocatorError)) throw error
      output.warn(`Left out: ${error.message}`)
    })
    if (!image) continue
    found++
    yield { name, image: shrink(image, size) }
  }
}

async function addPuzzle(folder: string, manifest: GeneratedManifest, { name, image }: NamedPicture): Promise<void> {
  const { grid } = manifest
  checkCells(image, grid, name)
  const cells = Array.from({ length: cellCount(grid) }, (_, cell) => cell)
  const files = await writePuzzle(folder, cutOut(image, grid, cells), `-${manifest.puzzles.length + 1}`)
  manifest.puzzles.push({ file: files.puzzle, picture: name, width: image.width, height: image.height })
  for (const cell of cells) {
    const place = { cell, ...rowAndColumn(grid, cell), center: cellCenter(grid, cell) }
    manifest.pieces.push({ file: files.pieces[cell]!, puzzle: files.puzzle, ...place })
  }
}

/** Smaller pieces could not be read again. @throws E_CONFIG */
function checkCells({ width, height }: RgbImage, grid: Grid, name: string): void {
  const side = Math.floor(Math.min(width / grid.cols, height / grid.rows))
  if (side >= SHORTEST_SIDE) return
  throw expected(
    'E_CONFIG',
    `cells of at least ${SHORTEST_SIDE} pixels`,
    `a grid of ${formatGrid(grid)} on ${name}`,
    side,
    {
      hint: 'Take a coarser grid or larger pictures.',
    },
  )
}

function noPictures(folder: string): LocatorError {
  return new LocatorError('E_INPUT', `There are no pictures that can be read in the folder ${folder}.`)
}
