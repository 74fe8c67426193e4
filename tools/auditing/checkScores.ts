import { digestOf } from '../../kernel/index.ts'
import { upstreamRecipe } from '../../models/index.ts'
import { attributionOf } from '../../store/index.ts'
import { scoreReceipt } from '../attributing/scoreReceipt.ts'
import { differs, type AuditCheck } from './auditCheck.ts'
import { checkSigned } from './checkSigned.ts'
import { checkTrace } from './checkTrace.ts'

/** Gradient, scores and shares, computed again from the stored answer and the committed weights. */
export const checkScores: AuditCheck = {
  name: 'attribution at once',
  judges: 'the scores at once',
  duty: 'the attributor, who scored it',
  async run(ctx, { id, receipt }) {
    const stored = await attributionOf(ctx.store, { receipt: id, tier: 'receipt' })
    if (stored.engine !== receipt.attributionEngine)
      throw differs('the version of the engine that scored it', {
        receipt: receipt.attributionEngine ?? 'the first',
        scores: stored.engine ?? 'the first',
      })
    if (receipt.recipe === upstreamRecipe) {
      await checkSigned(ctx, id, 'receipt')
      return checkTrace(ctx, { id, receipt, stored })
    }
    const again = await scoreReceipt(ctx, id)
    if (digestOf(again) === digestOf(stored)) {
      await checkSigned(ctx, id, 'receipt')
      return `${stored.payees.length} payees, the same scores and shares by version ${ctx.governed.engineOf(stored.engine).digest.slice(0, 10)} of the engine`
    }
    const at = again.payees.find((entry, i) => digestOf(entry) !== digestOf(stored.payees[i] ?? null))
    throw differs('the scores at once', {
      payee: at?.payee ?? 'groups or top samples',
      recomputed: at?.scoreMicroNats ?? 0,
    })
  },
}
