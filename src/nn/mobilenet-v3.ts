import type { Value } from '../onnx/graph.js'
import { convBnAct, type InvertedResidualOptions, invertedResidual } from './blocks.js'
import type { Activation, LayerContext } from './layers.js'

function row(
  kernel: number,
  expanded: number,
  channels: number,
  squeezeExcite: boolean,
  activation: Activation,
  stride: number,
): InvertedResidualOptions {
  return { kernel, expanded, channels, squeezeExcite, activation, stride }
}

/** Layers 1 to 11 of MobileNetV3-Small: Howard et al. 2019, "Searching for MobileNetV3", table 2. */
const smallRows: readonly InvertedResidualOptions[] = [
  row(3, 16, 16, true, 'Relu', 2),
  row(3, 72, 24, false, 'Relu', 2),
  row(3, 88, 24, false, 'Relu', 1),
  row(5, 96, 40, true, 'HardSwish', 2),
  row(5, 240, 40, true, 'HardSwish', 1),
  row(5, 240, 40, true, 'HardSwish', 1),
  row(5, 120, 48, true, 'HardSwish', 1),
  row(5, 144, 48, true, 'HardSwish', 1),
  row(5, 288, 96, true, 'HardSwish', 2),
  row(5, 576, 96, true, 'HardSwish', 1),
  row(5, 576, 96, true, 'HardSwish', 1),
]

/**
 * The `features` of torchvision's `mobilenet_v3_small`: layers 0 to 12, 927,008 trainable parameters, named `<name>.N.*` as the
 * state_dict of a module `<name> = mobilenet_v3_small().features` names them.
 *
 * @param x pictures [N, 3, H, W], values 0..1
 * @returns features [N, 576, H/32, W/32]
 */
export function mobileNetV3Small(context: LayerContext, name: string, x: Value): Value {
  return context.b.scope(name, () => {
    const stem = convBnAct(context, `${name}.0`, x, { channels: 16, kernel: 3, stride: 2 }, 'HardSwish')
    const features = smallRows.reduce(
      (input, options, i) => invertedResidual(context, `${name}.${i + 1}`, input, options),
      stem,
    )
    return convBnAct(context, `${name}.12`, features, { channels: 576 }, 'HardSwish')
  })
}
