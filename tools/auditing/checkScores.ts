import { digestOf } from '../../kernel/index.ts'
import { attributionOf } from '../../store/index.ts'
import { scoreReceipt } from '../attributing/scoreReceipt.ts'
import { differs, type AuditCheck } from './auditCheck.ts'
import { checkSigned } from './checkSigned.ts'

/** Gradient, scores and shares, computed again from the stored answer and the committed weights. */
export const checkScores: AuditCheck = {
  name: 'attribution at once',
  judges: 'the scores at once',
  duty: 'the attributor, who scored it',
  async run(ctx, { id }) {
    const stored = await attributionOf(ctx.store, { receipt: id, tier: 'receipt' })
    const again = await scoreReceipt(ctx, id)
    if (digestOf(again) === digestOf(stored)) {
      await checkSigned(ctx, id, 'receipt')
      return `${stored.payees.length} payees, the same scores and shares`
    }
    const at = again.payees.find((entry, i) => digestOf(entry) !== digestOf(stored.payees[i] ?? null))
    throw differs('the scores at once', {
      payee: at?.payee ?? 'groups or top samples',
      recomputed: at?.scoreMicroNats ?? 0,
    })
  },
}
