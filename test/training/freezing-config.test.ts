import { Command } from 'commander'
import { describe, expect, test } from 'vitest'
import { trainingConfig } from '../../src/cli/training-config.js'
import { addTrainingOptions } from '../../src/cli/training-options.js'
import { parseTrainingConfig, type TrainingConfig } from '../../src/training/config.js'
import { presets } from '../../src/training/presets.js'

/** The configuration that options make of the preset `quick`. */
function configOf(...options: string[]): TrainingConfig {
  const command = addTrainingOptions(new Command()).exitOverride()
  return trainingConfig(command.parse(options, { from: 'user' }).opts(), 'quick')
}

describe('the options of freezing and gradients', () => {
  test.each<[string[], Partial<TrainingConfig>]>([
    [[], { freezeBackbone: false, gradualUnfreeze: null, batchNorm: 'batch', accum: 1, clipNorm: null, ema: null }],
    [['--freeze-backbone', '--batch-norm', 'frozen'], { freezeBackbone: true, batchNorm: 'frozen' }],
    [['--gradual-unfreeze'], { gradualUnfreeze: [20] }],
    [['--gradual-unfreeze', '5,10'], { gradualUnfreeze: [5, 10] }],
    [['--accum', '4', '--clip-norm', '0.5', '--ema', '0.999'], { accum: 4, clipNorm: 0.5, ema: 0.999 }],
  ])('%j', (options, wanted) => {
    expect(configOf(...options)).toMatchObject(wanted)
  })

  test.each([
    [['--gradual-unfreeze', 'soon'], 'whole number'],
    [['--gradual-unfreeze', '0'], 'whole number'],
    [['--gradual-unfreeze', '40,20'], 'epochs that ascend'],
    [['--gradual-unfreeze', '20', '--freeze-backbone'], 'a frozen backbone or a gradual unfreezing'],
    [['--gradual-unfreeze', '1,2,3'], 'gradualUnfreeze'],
    [['--clip-norm', '0'], 'clipNorm'],
    [['--ema', '1'], 'ema'],
    [['--accum', '0'], '--accum'],
  ])('%j is refused', (options, words) => {
    expect(() => configOf(...options)).toThrow(words)
  })
})

test('a configuration from before these options trains as it did', () => {
  const { freezeBackbone: _, gradualUnfreeze: __, batchNorm, accum, clipNorm, ema, ...old } = presets.exp9
  expect(parseTrainingConfig(old)).toEqual(presets.exp9)
})
