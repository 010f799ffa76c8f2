import { expect, it } from 'vitest'
import { LocatorError } from '../../src/errors.js'
import { groupParameters } from '../../src/optim/param-groups.js'

it('sorts parameters into groups', () => {
  const names = [
    'piece_features.0.0.weight',
    'refinement.0.bias',
    'puzzle_features.12.1.bias',
    'spatial_correlation.temperature',
  ]
  const weightDecay = 0.01
  expect(groupParameters(names, weightDecay)).toEqual([
    { name: 'backbone', weightDecay, parameters: ['piece_features.0.0.weight', 'puzzle_features.12.1.bias'] },
    { name: 'correlation', weightDecay, parameters: ['spatial_correlation.temperature'] },
    { name: 'refinement', weightDecay, parameters: ['refinement.0.bias'] },
  ])
})

it('leaves out groups of which nothing is trained', () => {
  expect(groupParameters(['refinement.3.weight'], 0).map(group => group.name)).toEqual(['refinement'])
})

it('refuses a parameter of no group', () => {
  expect(() => groupParameters(['head.weight'], 0)).toThrow(LocatorError)
})
