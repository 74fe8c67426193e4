import { TributaryError, type Digest } from '../../kernel/index.ts'
import { getAnswer, getReceipt, receiptsOfEpoch } from '../../store/index.ts'
import type { ToolContext } from '../context.ts'
import type { UnrollPlan } from './unrollPlan.ts'

/**
 * The adapter and the answers that an unroll is about, in the order of their ids. Of an epoch, answers whose tokens were
 * dropped are left out: they have no gradient any more, and are paid by the scores that they got at once.
 * Throws tools/other-adapter, tools/answer-erased, tools/nothing-to-unroll, store/not-found.
 */
export async function answersToUnroll(
  { store }: Pick<ToolContext, 'store'>,
  {
    receipt: id,
    adapter,
    epoch,
  }: { receipt?: Digest | undefined; adapter?: Digest | undefined; epoch?: number | undefined },
): Promise<Pick<UnrollPlan, 'adapter' | 'answers'>> {
  if (id !== undefined) {
    const { receipt } = await getReceipt(store, { id })
    if (adapter !== undefined && receipt.adapter !== adapter) throw otherAdapter(id, receipt.adapter, adapter)
    return { adapter: receipt.adapter, answers: [{ receipt: id, feeWei: receipt.feeWei }] }
  }
  const answers: UnrollPlan['answers'] = []
  for (const { id: of, receipt } of await receiptsOfEpoch(store, { epoch: epoch! })) {
    if (receipt.adapter !== adapter || BigInt(receipt.feeWei) === 0n) continue
    const { promptIds, answerIds } = await getAnswer(store, { receipt: of })
    if (promptIds !== null && answerIds !== null) answers.push({ receipt: of, feeWei: receipt.feeWei })
  }
  if (adapter === undefined || answers.length === 0) {
    throw new TributaryError('No answer of this adapter in this epoch can be unrolled.', {
      code: 'tools/nothing-to-unroll',
      facts: { adapter: adapter ?? null, epoch: epoch ?? null },
      tryThis: 'name an epoch in which the adapter sold answers whose tokens are kept',
    })
  }
  return { adapter, answers: answers.toSorted((a, b) => (a.receipt < b.receipt ? -1 : 1)) }
}

function otherAdapter(receipt: Digest, adapter: Digest, named: Digest): TributaryError {
  return new TributaryError('This answer was given by another adapter.', {
    code: 'tools/other-adapter',
    facts: { receipt, adapter, named },
    tryThis: 'name the adapter of the receipt, or none',
  })
}
