import { LocatorError } from '../errors.js'
import type { Tensor } from '../tensor.js'
import type { Checkpoint } from './checkpoint/checkpoint.js'
import type { Outputs } from './session/training-session.js'

/** A hundred times the loss of a network that always answers the middle of the puzzle, which is at most 0.25. */
export const EXPLODED_LOSS = 25

/**
 * Checks what a step gave: a loss that is finite and no greater than {@link EXPLODED_LOSS}, and attention that is finite. Positions are
 * clamped, and a clamp hides what is no number.
 *
 * @param step counted from 1 in the whole run
 * @throws E_DIVERGED naming the step
 */
export function checkStep(step: number, outputs: Outputs): void {
  const [loss] = outputs.loss!.data as Float32Array
  if (!(Math.abs(loss!) <= EXPLODED_LOSS)) throw diverged(`a loss of at most ${EXPLODED_LOSS}`, step, loss!)
  const odd = notFinite(outputs.attention)
  if (odd !== undefined) throw diverged('finite attention', step, odd)
}

/** Checks that every weight is finite, so that no checkpoint is replaced by a useless one. @throws E_DIVERGED */
export function checkWeights({ trainable, frozen, optimizer }: Checkpoint): void {
  for (const [name, tensor] of [...trainable, ...frozen]) {
    const odd = notFinite(tensor)
    if (odd !== undefined) throw diverged(`finite weights in "${name}"`, optimizer?.step ?? 0, odd)
  }
}

function notFinite(tensor: Tensor | undefined): number | undefined {
  return (tensor?.data as Float32Array | undefined)?.find(value => !Number.isFinite(value))
}

function diverged(what: string, step: number, received: number): LocatorError {
  return new LocatorError('E_DIVERGED', `Expected ${what} after step ${step} but received ${received}.`, {
    hint: 'Train anew with a lower --backbone-lr and --head-lr. The checkpoints that were saved before are intact.',
  })
}
