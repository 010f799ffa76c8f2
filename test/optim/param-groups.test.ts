import { expect, it } from 'vitest'
import { LocatorError } from '../../src/errors.js'
import { groupParameters } from '../../src/optim/param-groups.js'

const rates = {
  backbone: { learningRate: 1e-4, weightDecay: 0.01 },
  correlation: { learningRate: 1e-3, weightDecay: 0.02 },
  refinement: { learningRate: 2e-3, weightDecay: 0.03 },
}

it('sorts parameters into groups with their own rates', () => {
  const names = [
    'piece_features.0.0.weight',
    'refinement.0.bias',
    'puzzle_features.12.1.bias',
    'spatial_correlation.temperature',
  ]
  expect(groupParameters(names, rates)).toEqual([
    { name: 'backbone', ...rates.backbone, parameters: ['piece_features.0.0.weight', 'puzzle_features.12.1.bias'] },
    { name: 'correlation', ...rates.correlation, parameters: ['spatial_correlation.temperature'] },
    { name: 'refinement', ...rates.refinement, parameters: ['refinement.0.bias'] },
  ])
})

it('leaves out groups of which nothing is trained', () => {
  expect(groupParameters(['refinement.3.weight'], rates).map(group => group.name)).toEqual(['refinement'])
})

it('refuses a parameter of no group', () => {
  expect(() => groupParameters(['head.weight'], rates)).toThrow(LocatorError)
})
