import { tokensMethod, provenanceLabel, traceSymbols } from '../../attribution/index.ts'
import type { Attribution, Digest } from '../../kernel/index.ts'
import { getAnswer, getReceipt, getVersion } from '../../store/index.ts'
import { answerErased } from '../attributing/answerTokens.ts'
import type { ToolContext } from '../context.ts'
import { shortestSpan } from '../verbatim/composeTrace.ts'
import { indexOfVersion } from '../verbatim/indexOfVersion.ts'
import { symbolsOf } from '../verbatim/symbolsOf.ts'

/**
 * The attribution of an answer of a resold model: which of its words stand verbatim in the Datanet version that its card and receipt
 * name. That is provenance and stands apart: it has no scores of influence, so that no share rule pays by it. It depends on
 * the answer and on the samples of that version alone, so the auditor, who asks for a `fresh` index, gets the same integers after any
 * merge and any later version. Throws tools/answer-erased, and as indexOfVersion.
 */
export async function traceReceipt(ctx: ToolContext, id: Digest, of: { fresh?: boolean } = {}): Promise<Attribution> {
  const { store, engine } = ctx
  const { receipt } = await getReceipt(store, { id })
  const { answerText } = await getAnswer(store, { receipt: id })
  if (answerText === null) throw answerErased(id)
  const { index, documents } = await indexOfVersion(ctx, await getVersion(store, { root: receipt.datanet }), of)
  const { alphabet } = index
  const { symbols } = symbolsOf(answerText.toWellFormed(), alphabet, engine.base.tokenizer)
  const { spans, weights } = await traceSymbols([index], symbols, { minLength: shortestSpan[alphabet] })
  return {
    v: 1,
    receipt: id,
    method: tokensMethod,
    ...(receipt.attributionEngine === undefined ? {} : { engine: receipt.attributionEngine }),
    adapterSet: receipt.adapter,
    groups: [],
    payees: [],
    top: [],
    provenance: {
      label: provenanceLabel,
      alphabet,
      documents,
      symbols: symbols.length,
      spans: spans.length,
      milliBits: weights.milliBits,
      payees: weights.payees,
      unexplainedPpm: weights.unexplainedPpm,
    },
  }
}
