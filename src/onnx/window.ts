import { windowDim } from './dims.js'
import type { Dim, Shape } from './graph.js'
import type { InferenceContext } from './op-definition.js'

/** The attributes that convolutions and poolings share; each list has one entry per spatial axis. */
export interface WindowAttributes {
  readonly auto_pad: string
  readonly kernel_shape: readonly number[] | undefined
  readonly strides: readonly number[] | undefined
  readonly dilations?: readonly number[] | undefined
  /** All beginnings, then all ends. */
  readonly pads: readonly number[] | undefined
}

/** A sliding window with every default filled in. */
export interface Window {
  readonly kernel: readonly number[]
  readonly strides: readonly number[]
  readonly dilations: readonly number[]
  readonly pads: readonly number[]
}

/** Fills in ONNX's defaults for a window over `kernel` (the sizes read from the weight, or `kernel_shape`). */
export function resolveWindow(attributes: WindowAttributes, kernel: readonly number[]): Window {
  return {
    kernel,
    strides: attributes.strides ?? kernel.map(() => 1),
    dilations: attributes.dilations ?? kernel.map(() => 1),
    // VALID means no padding, whatever `pads` says.
    pads: (attributes.auto_pad === 'NOTSET' && attributes.pads) || [...kernel, ...kernel].map(() => 0),
  }
}

/** The spatial output sizes of a window that slides over `spatial`. */
export function windowOutput(window: Window, spatial: Shape): Dim[] {
  const rank = spatial.length
  return spatial.map((dim, i) => {
    const extent = (window.kernel[i]! - 1) * window.dilations[i]! + 1
    return windowDim(dim, window.pads[i]! + window.pads[i + rank]! - extent, window.strides[i]!)
  })
}

/** Refuses what the rules here do not cover. @throws E_SHAPE through the context */
export function checkWindow(context: InferenceContext<WindowAttributes>, window: Window, spatialRank: number): void {
  const { auto_pad, kernel_shape } = context.attributes
  if (kernel_shape && kernel_shape.join() !== window.kernel.join())
    context.fail(`kernel_shape [${window.kernel}], that of W, not [${kernel_shape}]`)
  if (auto_pad !== 'NOTSET' && auto_pad !== 'VALID') context.fail(`explicit pads, not auto_pad "${auto_pad}"`)
  const lengths = [window.kernel, window.strides, window.dilations].map(list => list.length)
  if (lengths.some(length => length !== spatialRank) || window.pads.length !== 2 * spatialRank) {
    context.fail(`kernel, strides, dilations and pads for ${spatialRank} spatial axes`)
  }
  for (const [what, list] of Object.entries(window)) {
    const least = what === 'pads' ? 0 : 1
    if (list.some((size: number) => size < least)) context.fail(`${what} of at least ${least}, not [${list}]`)
  }
}

/** Refuses a window that fits nowhere. @throws E_SHAPE through the context */
export function checkWindowOutput(context: InferenceContext<unknown>, spatial: Shape): void {
  if (spatial.some(dim => typeof dim === 'number' && dim < 1))
    context.fail('a picture at least as large as the kernel', 0)
}
