import { digestOf, type Attribution, type Digest } from '../../kernel/index.ts'
import { attributionOf, getAnswer, getEpoch, paymentOfReceipt } from '../../store/index.ts'
import { answerErased } from '../attributing/answerTokens.ts'
import { confirmReceipt } from '../attributing/confirmReceipt.ts'
import type { ToolContext } from '../context.ts'
import { composeReport } from '../settlement/composeReport.ts'
import { epochToScore } from '../settlement/epochToScore.ts'
import { judgeAdapter } from '../settlement/judgeAdapter.ts'
import { readScoringReport } from '../settlement/readScoringReport.ts'
import { differs, type AuditCheck } from './auditCheck.ts'
import { checkSigned } from './checkSigned.ts'

/**
 * The scores that the money follows: which form the rule and the draw ask for, the answer's loss under every counterfactual
 * adapter, the split by the epoch's unroll, and what was published about its error. All of it but the unroll itself is
 * computed again; that is `tributary audit --unroll`.
 */
export const checkPaidScores: AuditCheck = {
  name: 'scores that are paid',
  judges: 'the scores that are paid',
  duty: 'the attributor, who confirmed them',
  async run(ctx, { id, receipt }) {
    const { epoch } = await paymentOfReceipt(ctx.store, { receipt: id })
    if (epoch === null) return 'its epoch is still open: the scores at once are all there is'
    const { scoring: blob, root } = await getEpoch(ctx.store, { epoch })
    if (blob === null)
      return root === null ? 'its epoch is not scored yet' : 'its epoch was paid by the scores that answers got at once'
    const report = await readScoringReport(ctx, blob)
    const scoring = report.adapters.find(({ adapter }) => adapter === receipt.adapter)
    const { answers } = await epochToScore(ctx, epoch)
    const form = answers.find((answer) => answer.receipt === id)?.form
    if (!scoring || !form) throw differs('the scoring report of the epoch', { epoch, receipt: id })
    const judged = await judgeAdapter(ctx, { epoch, adapter: receipt.adapter, sampleScores: scoring.sampleScores })
    if (digestOf(judged) !== digestOf(scoring))
      throw differs('the evidence of the split', { rankPpm: scoring.rankPpm ?? 0, recomputedPpm: judged.rankPpm ?? 0 })
    const stored = await attributionOf(ctx.store, { receipt: id, tier: 'money' })
    if (await wasErasedSince(ctx, id, stored)) {
      await checkSigned(ctx, id, 'money')
      throw answerErased(id)
    }
    const again = await confirmReceipt(ctx, id, { form, scoring })
    if (digestOf(again) !== digestOf(stored)) {
      const at = again.payees.find((entry, i) => digestOf(entry) !== digestOf(stored.payees[i] ?? null))
      throw differs('the scores that are paid', {
        payee: at?.payee ?? 'groups or top samples',
        recomputed: at?.scoreMicroNats ?? 0,
      })
    }
    await checkSigned(ctx, id, 'money')
    const recomposed = await composeReport(ctx, epoch, report.adapters)
    if (digestOf(recomposed) !== digestOf(report)) throw differs('the scoring report of the epoch', { epoch })
    if (stored.provenance !== undefined)
      return `${stored.method}: the trace of ${stored.provenance.spans} spans and ${stored.provenance.payees.length} payees, the same; no score of influence`
    return `${stored.method}: ${stored.groups.length} groups and ${stored.payees.length} payees, the same`
  },
}

/** One that was dropped before its epoch closed is paid by its scores at once, which can be compared. */
async function wasErasedSince({ store }: ToolContext, id: Digest, paid: Attribution): Promise<boolean> {
  if ((await getAnswer(store, { receipt: id })).answerIds !== null) return false
  return digestOf(await attributionOf(store, { receipt: id, tier: 'receipt' })) !== digestOf(paid)
}
