import { openDispute as openOnChain, readDisputeTerms, readRoot, type Challenged } from '../chain/index.ts'
import { TributaryError, type Digest } from '../kernel/index.ts'
import { getReceipt } from '../store/index.ts'
import type { ToolContext } from './context.ts'
import { senderWith } from './disputing/senderWith.ts'
import { statusOf } from './disputing/statusOf.ts'
import { storeStatement } from './disputing/storeStatement.ts'
import type { openDispute } from './openDispute.ts'
import type { Run } from './runTool.ts'

/** The challenger is the key of this home that checks others, never one that may be accused. */
export const run: Run<typeof openDispute> = async ({ epoch, receipt, reason }, ctx) => {
  if ((epoch === undefined) === (receipt === undefined)) {
    throw new TributaryError('A dispute is about a proposed root or about a receipt.', {
      code: 'tools/dispute-subject',
      facts: { epoch: epoch ?? null, receipt: receipt ?? null },
      tryThis: 'name an epoch or a receipt, not both',
    })
  }
  const challenged = receipt === undefined ? await rootOf(ctx, epoch ?? 0) : await receiptOf(ctx, receipt)
  const subject = 'root' in challenged ? challenged.root : challenged.receipt
  const evidence = await storeStatement(ctx, { kind: 'challenge', subject, text: reason })
  const { bondWei } = await readDisputeTerms(ctx.chain)
  const chain = await senderWith(ctx, ctx.keys.verifier, bondWei)
  const { id, tx } = await openOnChain(chain, { challenged, evidence })
  return { ...(await statusOf(chain, id)), transaction: tx }
}

async function rootOf({ chain }: ToolContext, epoch: number): Promise<Challenged> {
  const found = await readRoot(chain, epoch)
  if (found !== undefined && !found.final) return { epoch, root: found.root }
  throw new TributaryError(`No root of epoch ${epoch} waits for challenges.`, {
    code: 'tools/no-proposal',
    facts: { epoch, final: found?.final ?? false },
    tryThis: 'a root can be challenged from its proposal until its window is over; a receipt at any time',
  })
}

async function receiptOf({ store }: ToolContext, id: Digest): Promise<Challenged> {
  const { signature, signer } = await getReceipt(store, { id })
  return { receipt: id, server: signer, signature: signature as `0x${string}` }
}
