// ONNX Runtime's `ort_training_checkpoint.fbs` and, for tensors, `ort.fbs`: the fields of each table by their slot, which
// is the order of declaration. Fields that nothing here needs are left out.

export const fileIdentifier = 'ODTC'

/** ONNX Runtime reads exactly this one. */
export const formatVersion = 2

/** The only optimizer group that ONNX Runtime looks at. */
export const optimizerGroupName = 'group0'

/** ONNX Runtime's names for AdamW's averages of the gradient and of its square. */
export const firstMomentName = 'momentum0'
export const secondMomentName = 'momentum1'

export const checkpointFields = { version: 0, moduleState: 1, optimizerGroups: 2, propertyBag: 3, count: 4 } as const

export const moduleStateFields = {
  trainable: 0,
  frozen: 1,
  isNominalState: 2,
  hasExternalData: 3,
  count: 4,
} as const

export const optimizerGroupFields = { name: 0, step: 1, initialLearningRate: 2, states: 3, count: 4 } as const

export const parameterStateFields = { parameterName: 0, moments: 1, count: 2 } as const

export const propertyBagFields = { ints: 0, floats: 1, strings: 2, count: 3 } as const

export const propertyFields = { name: 0, value: 1, count: 2 } as const

export const tensorFields = { name: 0, dims: 2, dataType: 3, rawData: 4, externalDataOffset: 6, count: 7 } as const
