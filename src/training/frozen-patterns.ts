import type { TrainingConfig } from './config.js'

/** The extractors' layers that gradual unfreezing sets free, stage by stage; layers 0 to 3 never are. */
const stages = [
  [10, 11, 12],
  [7, 8, 9],
  [4, 5, 6],
] as const

/** All layers of an extractor. */
const layers = Array.from({ length: 13 }, (_, layer) => layer)

/**
 * Patterns of the parameters that an epoch does not train, for `TrainingSession.setFrozen`: both extractors with `freezeBackbone`; with
 * `gradualUnfreeze` their layers but those whose turn it is, at first 10 to 12. The rest of the network always trains.
 *
 * @param epoch counted from 1
 */
export function frozenPatterns(
  { freezeBackbone, gradualUnfreeze }: Pick<TrainingConfig, 'freezeBackbone' | 'gradualUnfreeze'>,
  epoch: number,
): readonly RegExp[] {
  if (freezeBackbone) return [/^(piece|puzzle)_features\./]
  if (gradualUnfreeze === null) return []
  const joined = gradualUnfreeze.filter(start => start <= epoch).length
  const trained = new Set<number>(stages.slice(0, 1 + joined).flat())
  const frozen = layers.filter(layer => !trained.has(layer))
  return [new RegExp(`^(piece|puzzle)_features\\.(${frozen.join('|')})\\.`)]
}
