import { createBlockedTarget } from '../../src/lowering/blocked/index.js'
import { runtimeBlockSize } from '../../src/training/session/choose-lowering.js'

/** The block size of the runtime at hand; null where it has no blocked layout. */
export const blockSize = await runtimeBlockSize()

/** What a skipped suite is called where there is nothing to test. */
export const blockedSuite = blockSize
  ? `the blocked target, blocks of ${blockSize}`
  : 'the blocked target: skipped, since this runtime has no blocked layout'

/** The blocked target for the runtime at hand; of any size where it has none, for suites that are skipped then. */
export const blockedTarget = createBlockedTarget(blockSize ?? 8)
