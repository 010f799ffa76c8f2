import type { Random } from '../../prng.js'
import type { Palette } from './palette.js'
import type { Canvas } from './raster.js'

/** What every drawing function needs: where to draw, in which colours, by which choices. */
export interface Art {
  readonly canvas: Canvas
  readonly palette: Palette
  readonly random: Random
}

/** Draws one kind of picture over the whole canvas. Its choices come from `random` and never from the canvas's size. */
export type Scene = (art: Art) => void
