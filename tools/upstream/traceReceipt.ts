import { joinedIndex, tokensMethod, provenanceLabel, traceSymbols } from '../../attribution/index.ts'
import { TributaryError, type Attribution, type Digest } from '../../kernel/index.ts'
import { getAnswer, getReceipt, getVersion } from '../../store/index.ts'
import { answerErased } from '../attributing/answerTokens.ts'
import type { ToolContext } from '../context.ts'
import { shortestSpan } from '../verbatim/composeTrace.ts'
import { openIndexes } from '../verbatim/openIndexes.ts'
import { symbolsOf } from '../verbatim/symbolsOf.ts'

/**
 * The attribution of an answer of a resold model: which of its words stand verbatim in the Datanet that its card names. That is
 * provenance and stands apart: it has no scores of influence, so no share rule pays by it, and the contributors' part goes to the
 * Datanet's pool. The same index and answer give the same integers. Throws tools/answer-erased, attribution/no-index.
 */
export async function traceReceipt(ctx: ToolContext, id: Digest): Promise<Attribution> {
  const { store, engine } = ctx
  const { receipt } = await getReceipt(store, { id })
  const { answerText } = await getAnswer(store, { receipt: id })
  if (answerText === null) throw answerErased(id)
  const { datanet } = await getVersion(store, { root: receipt.datanet })
  const indexes = await openIndexes(ctx, { datanet })
  const index = joinedIndex(indexes.map((one) => one.index))
  const { alphabet } = index
  const { symbols } = symbolsOf(answerText.toWellFormed(), alphabet, engine.base.tokenizer)
  const clusters = indexes.reduce((sum, one) => sum + one.clusters, 0)
  const { spans, weights } = traceSymbols(index, symbols, { clusters, minLength: shortestSpan[alphabet] })
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
      index: index.root,
      symbols: symbols.length,
      spans: spans.length,
      milliBits: weights.milliBits,
      payees: weights.payees,
      unexplainedPpm: weights.unexplainedPpm,
    },
  }
}

/** No finding: the index that an answer was traced in has changed since (samples came, or were taken down). */
export function otherIndex(receipt: Digest, facts: { traced: Digest; now: Digest }): TributaryError {
  return new TributaryError('The index has other samples now than when this answer was traced.', {
    code: 'audit/other-index',
    facts: { receipt, ...facts },
    tryThis:
      'bring back the index of that root: that of the Datanet version in the receipt, before samples came or went',
  })
}
