/** The Euclidean norm of all vectors together, in float64. */
export function globalNorm(vectors: readonly Float32Array[]): number {
  let sum = 0
  for (const vector of vectors) for (const value of vector) sum += value * value
  return Math.sqrt(sum)
}

/**
 * What gradients of a global norm are multiplied with, so that it is at most `maxNorm`; 1 where it is already:
 * `torch.nn.utils.clip_grad_norm_`.
 */
export function clipFactor(norm: number, maxNorm: number): number {
  return Math.min(1, maxNorm / (norm + 1e-6))
}
