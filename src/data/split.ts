import { expected } from '../errors.js'

/** Pictures `first` to `first + count - 1` of a picture source. */
export interface PictureRange {
  readonly first: number
  readonly count: number
}

/** How many pictures each part of a split has. */
export interface SplitCounts {
  readonly test: number
  readonly val: number
  readonly train: number
}

/** Three ranges that follow each other without overlap: test first, then val, then train. */
export interface Split {
  readonly test: PictureRange
  readonly val: PictureRange
  readonly train: PictureRange
}

/** The fewest pictures that give each part of a split at least one. */
export const FEWEST_PICTURES = 3

/**
 * The split of this project, by picture: of pictures ordered by the SHA-256 of their bytes, the first 20% are test, the next
 * 8% val, the rest train (1,000: 200 / 80 / 720). Counts are rounded; test and val have at least one picture each.
 *
 * @throws E_INPUT under three pictures
 */
export function splitCounts(pictures: number): SplitCounts {
  if (pictures < FEWEST_PICTURES) throw expected('E_INPUT', `at least ${FEWEST_PICTURES} pictures`, 'a split', pictures)
  const test = Math.max(1, Math.round(pictures * 0.2))
  const val = Math.max(1, Math.round(pictures * 0.08))
  return { test, val, train: pictures - test - val }
}

/** The ranges that parts of given sizes take, in the order test, val, train. */
export function splitRanges({ test, val, train }: SplitCounts): Split {
  return {
    test: { first: 0, count: test },
    val: { first: test, count: val },
    train: { first: test + val, count: train },
  }
}

/** Train and val as one range: what the seed's experiments, which select nothing, train on. */
export function trainAndVal({ val, train }: Split): PictureRange {
  return { first: val.first, count: val.count + train.count }
}
