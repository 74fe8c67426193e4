import { digestOf } from '../../kernel/index.ts'
import { attributionOf } from '../../store/index.ts'
import { scoreReceipt } from '../attributing/scoreReceipt.ts'
import { otherIndex } from '../upstream/traceReceipt.ts'
import { differs, type AuditCheck } from './auditCheck.ts'
import { checkSigned } from './checkSigned.ts'

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
    const again = await scoreReceipt(ctx, id)
    if (digestOf(again) === digestOf(stored)) {
      await checkSigned(ctx, id, 'receipt')
      if (stored.provenance !== undefined) return `${stored.provenance.spans} spans, the same bits and shares`
      return `${stored.payees.length} payees, the same scores and shares by version ${ctx.governed.engineOf(stored.engine).digest.slice(0, 10)} of the engine`
    }
    const [traced, now] = [stored.provenance?.index, again.provenance?.index]
    if (traced !== undefined && now !== undefined && traced !== now) {
      const apart = { ...again, provenance: { ...again.provenance!, index: traced } }
      if (digestOf(apart) !== digestOf(stored)) throw otherIndex(id, { traced, now })
      await checkSigned(ctx, id, 'receipt')
      return 'the same spans, bits and shares, in an index that was merged since'
    }
    const at = again.payees.find((entry, i) => digestOf(entry) !== digestOf(stored.payees[i] ?? null))
    throw differs('the scores at once', {
      payee: at?.payee ?? 'groups or top samples',
      recomputed: at?.scoreMicroNats ?? 0,
    })
  },
}
