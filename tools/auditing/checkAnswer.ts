import { digestOf } from '../../kernel/index.ts'
import { answerRequest } from '../answerRequest.ts'
import { readCanonicalRequest } from '../canonicalRequest.ts'
import { ensureAdapter } from '../ensureAdapter.ts'
import { getAnswer } from '../../store/index.ts'
import { answerErased } from '../attributing/answerTokens.ts'
import { differs, notReproducible, otherMachine, type AuditCheck } from './auditCheck.ts'

/** The engine, asked again with the same weights and seed, gives the same tokens. */
export const checkAnswer: AuditCheck = {
  name: 'answer regenerated',
  judges: 'the answer',
  duty: 'the server, which generated it',
  async run(ctx, { id, receipt }) {
    const { requestText, answerText, promptIds, answerIds } = await getAnswer(ctx.store, { receipt: id })
    if (requestText === null) throw answerErased(id)
    const request = readCanonicalRequest(requestText)
    const { stamp, base } = ctx.engine
    if ('mode' in receipt.engine) throw notReproducible(id, receipt.engine)
    // Bits are the same within a class of machine and a version of the runtime; across them this audit does not judge.
    if (digestOf(stamp) !== digestOf(receipt.engine)) throw otherMachine(id, stamp, receipt.engine)
    const asked = base.tokenizer.encodeChat(request.messages, { addGenerationPrompt: true })
    if (promptIds?.join() !== asked.join()) throw differs('the stored tokens of the request', { tokens: asked.length })
    await ensureAdapter(ctx, receipt.adapter)
    const wanted = answerRequest(request)
    const again = await ctx.engine.generate({
      adapter: receipt.adapter,
      promptIds: asked,
      ...wanted,
      // A stream that its buyer left ended where it was: what was made is what was sold.
      maxTokens: receipt.scheme === undefined ? wanted.maxTokens : Math.max(1, receipt.completionTokens),
    })
    const at = again.ids.findIndex((token, i) => token !== answerIds?.[i])
    if (again.text !== answerText || again.ids.length !== receipt.completionTokens || at >= 0) {
      throw differs('the answer', {
        firstDifferentToken: at,
        tokens: again.ids.length,
        receiptTokens: receipt.completionTokens,
      })
    }
    return `${again.ids.length} tokens are the same`
  },
}
