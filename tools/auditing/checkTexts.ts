import { verifyErasure } from '../../chain/index.ts'
import { saltedDigest } from '../../kernel/index.ts'
import { getAnswer } from '../../store/index.ts'
import { answerErased } from '../attributing/answerTokens.ts'
import { differs, type AuditCheck } from './auditCheck.ts'

export const checkTexts: AuditCheck = {
  name: 'request and answer',
  judges: 'the stored request and answer',
  duty: 'the server, which keeps them',
  async run({ store }, { id, receipt }) {
    const stored = await getAnswer(store, { receipt: id })
    if (stored.requestText === null || stored.answerText === null) {
      const wish = { chainId: receipt.chainId, signature: stored.eraseSignature ?? '', payer: receipt.payer }
      if (await verifyErasure(id, wish)) throw answerErased(id)
      throw differs('the stored request and answer', { receipt: id, missing: 'without a wish that its payer signed' })
    }
    if (saltedDigest(stored.requestSalt, stored.requestText) !== receipt.request)
      throw differs('the stored request', { receipt: id })
    if (saltedDigest(stored.answerSalt, stored.answerText) !== receipt.answer)
      throw differs('the stored answer', { receipt: id })
    return 'open the salted digests of the receipt'
  },
}
