import type { CurvePoint } from '../../src/eval/curve-panels.js'

/** An epoch of a curve: 40% right in validation, and what differs from that. */
export function curvePoint(epoch: number, change: Partial<CurvePoint> = {}): CurvePoint {
  return {
    epoch,
    trainLoss: 0.06,
    trainAccuracy: 0.3,
    valLoss: 0.05,
    valAccuracy: 0.4,
    valInterval: [0.3, 0.5],
    best: false,
    ...change,
  }
}
