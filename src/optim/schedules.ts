/**
 * The learning rate of an epoch on a half cosine from `base` down to 0 at the end: `torch.optim.lr_scheduler.CosineAnnealingLR`
 * with `T_max = epochs` and `eta_min = 0`, stepped after every epoch.
 *
 * @param epoch counted from 0
 */
export function cosineAnnealing(base: number, epoch: number, epochs: number): number {
  return (base * (1 + Math.cos((Math.PI * epoch) / epochs))) / 2
}
