import { commitBatch } from '../chain/index.ts'
import { digestText, type Digest } from '../kernel/index.ts'
import { listContributions, markBatchOnChain, markRevealed, type Contribution } from '../store/index.ts'
import type { ToolContext } from './context.ts'

/**
 * Puts every batch of a Datanet that is stored on chain and reveals it, also one that a crash left behind, whichever call
 * stored it. Returns all contributions, in commitment order, as they are then.
 */
export async function postBatches(
  { store, chain, now }: Pick<ToolContext, 'store' | 'chain' | 'now'>,
  datanet: string,
): Promise<Contribution[]> {
  const contributions = await listContributions(store, { datanet })
  const left = contributions.filter(({ batchTx, revealedAtMs }) => batchTx === null || revealedAtMs === null)
  for (const batchRoot of new Set(left.map((contribution) => contribution.batchRoot))) {
    const count = contributions.filter((contribution) => contribution.batchRoot === batchRoot).length
    const { tx } = await commitBatch(chain, { datanet: digestText(datanet), root: batchRoot, count })
    await markBatchOnChain(store, { datanet, batchRoot, tx: tx as Digest })
    await markRevealed(store, { datanet, batchRoot, atMs: now() })
  }
  return left.length > 0 ? listContributions(store, { datanet }) : contributions
}
