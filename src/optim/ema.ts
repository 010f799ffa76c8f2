/**
 * One step of an exponential moving average, in place: average = decay average + (1 - decay) weights, as
 * `torch.optim.swa_utils.get_ema_multi_avg_fn` computes it.
 */
export function averageInto(average: Float32Array, weights: Float32Array, decay: number): void {
  for (let i = 0; i < average.length; i++) average[i]! += (1 - decay) * (weights[i]! - average[i]!)
}
