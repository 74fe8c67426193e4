import { saltedDigest } from '../../kernel/index.ts'
import { getAnswer } from '../../store/index.ts'
import { differs, type AuditCheck } from './auditCheck.ts'

export const checkTexts: AuditCheck = {
  name: 'request and answer',
  judges: 'the stored request and answer',
  duty: 'the server, which keeps them',
  async run({ store }, { id, receipt }) {
    const stored = await getAnswer(store, { receipt: id })
    if (stored.requestText === null || stored.answerText === null)
      return 'dropped at the buyer’s wish; their digests stand in the receipt'
    if (saltedDigest(stored.requestSalt, stored.requestText) !== receipt.request)
      throw differs('the stored request', { receipt: id })
    if (saltedDigest(stored.answerSalt, stored.answerText) !== receipt.answer)
      throw differs('the stored answer', { receipt: id })
    return 'open the salted digests of the receipt'
  },
}
