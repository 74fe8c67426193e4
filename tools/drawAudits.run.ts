import { TributaryError } from '../kernel/index.ts'
import { getEpoch, randomReceipts } from '../store/index.ts'
import type { drawAudits } from './drawAudits.ts'
import type { Run } from './runTool.ts'

export const run: Run<typeof drawAudits> = async ({ epoch, count }, { store }) => {
  const { root } = await getEpoch(store, { epoch })
  if (root === null) {
    throw new TributaryError(`Epoch ${epoch} has no root yet, so nothing seeds the draw.`, {
      code: 'tools/epoch-open',
      facts: { epoch },
      tryThis: 'close the epoch first: tributary tools close-epoch',
    })
  }
  return { receipts: await randomReceipts(store, { count, seed: root, epoch }) }
}
