import { rootStatus as readStatus, type RootStatus } from '../chain/index.ts'
import { TributaryError } from '../kernel/index.ts'
import { getEpoch } from '../store/index.ts'
import type { rootStatus } from './rootStatus.ts'
import type { Run } from './runTool.ts'

export const run: Run<typeof rootStatus> = async ({ epoch }, { store, chain }) => {
  const { root, state } = await getEpoch(store, { epoch })
  if (root === null) {
    throw new TributaryError(`Epoch ${epoch} has no statement yet.`, {
      code: 'tools/epoch-not-split',
      facts: { epoch, state },
      tryThis: 'split the epoch first: tributary tools split-epoch',
    })
  }
  const status = await readStatus(chain, epoch, root)
  return { epoch, root, ...status, words: wordsOf(status) }
}

function wordsOf({ state, finalFrom, heldAt }: RootStatus): string {
  const at = (seconds: number | null) => new Date(1_000 * (seconds ?? 0)).toISOString()
  const words = {
    proposed: `Its challenge window runs until ${at(finalFrom)}.`,
    ready: 'Its challenge window is over, or is skipped on a local chain: it can be made final.',
    held: `A dispute has held it since ${at(heldAt)}. It goes on when the dispute ends.`,
    rejected:
      'A dispute threw it away. It is computed again from what is stored, and proposed when that gives another root.',
    gone: 'It is not on chain any more: it is proposed again.',
    final: 'It is final: payees can claim.',
  }
  return words[state]
}
