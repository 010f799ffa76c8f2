import type { RgbImage } from '../image/rgb-image.js'
import type { Backend } from './types.js'

/** What a locator needs of the machine it runs on. */
export interface LocatorHost<Input> {
  readonly backend: Backend
  /** Turns what callers pass in into a picture. */
  decode(input: Input): Promise<RgbImage>
  /** Milliseconds of a steady clock. */
  now(): number
}
