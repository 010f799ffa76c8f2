import { expect, it } from 'vitest'
import { cosineAnnealing } from '../../src/optim/schedules.js'

/** Literal values of torch.optim.lr_scheduler.CosineAnnealingLR. */
it.each([
  [1e-3, 0, 10, 0.001],
  [1e-3, 1, 10, 0.0009755282581475768],
  [1e-3, 3, 10, 0.0007938926261462366],
  [1e-3, 5, 10, 0.0005],
  [1e-3, 9, 10, 2.4471741852423235e-5],
  [1e-3, 10, 10, 0],
  [1e-4, 1, 60, 9.99314767377287e-5],
  [1e-4, 20, 60, 7.500000000000002e-5],
  [1e-4, 59, 60, 6.85232622713084e-8],
  [1e-3, 0, 1, 0.001],
])('cosine annealing from %f: epoch %i of %i has the rate %f', (base, epoch, epochs, expected) => {
  expect(Math.abs(cosineAnnealing(base, epoch, epochs) - expected)).toBeLessThan(1e-15)
})
