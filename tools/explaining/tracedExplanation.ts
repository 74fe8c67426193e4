import { ppmInteger, toWeiString, type Digest, type PayeeId } from '../../kernel/index.ts'
import { getAnswer, getSample, getVersion } from '../../store/index.ts'
import { readCanonicalRequest } from '../canonicalRequest.ts'
import type { ToolContext } from '../context.ts'
import { composeTrace } from '../verbatim/composeTrace.ts'
import { indexOfVersion } from '../verbatim/indexOfVersion.ts'
import type { TracedExplanation } from './tracedExplanationSchema.ts'
import { tracedShare } from './tracedShare.ts'
import { tracedSteps } from './tracedSteps.ts'

const shownPlaces = 5

/**
 * All that is known of one payee's part of a traced answer, with texts: for the operator, who may hand it to the payee. The spans are
 * traced again in the samples that the record was made in, less what was taken down since. Throws as tracedShare and indexOfVersion.
 */
export async function tracedExplanation(ctx: ToolContext, payee: PayeeId, id: Digest): Promise<TracedExplanation> {
  const share = await tracedShare(ctx, payee, id)
  const { receipt, provenance, own, wei, poolWei, tier, attribution } = share
  const { requestText, answerText } = await getAnswer(ctx.store, { receipt: id })
  const trace = answerText === null ? null : await traceOf(ctx, receipt.datanet, answerText)
  return {
    evidence: 'provenance',
    label: provenance.label,
    payee,
    receipt: id,
    model: receipt.model,
    adapter: receipt.adapter,
    paid: wei > 0n,
    sharePpm: ppmInteger.parse(own?.sharePpm ?? 0),
    wei: toWeiString(wei),
    poolWei: toWeiString(poolWei),
    feeWei: receipt.feeWei,
    tier,
    method: attribution.method,
    steps: tracedSteps(share),
    question: requestText === null ? null : (readCanonicalRequest(requestText).messages.at(-1)?.content ?? ''),
    answer: answerText,
    documents: provenance.documents ?? null,
    trace,
    isSame:
      trace !== null &&
      JSON.stringify([trace.payees, trace.unexplainedPpm]) ===
        JSON.stringify([provenance.payees, provenance.unexplainedPpm]),
  }
}

async function traceOf(ctx: ToolContext, root: Digest, answer: string) {
  const version = await getVersion(ctx.store, { root })
  const { index } = await indexOfVersion(ctx, version)
  return composeTrace({
    text: answer.toWellFormed(),
    indexes: [{ datanet: version.datanet, index }],
    tokenizer: ctx.engine.base.tokenizer,
    sampleOf: (id) => getSample(ctx.store, { id }),
    places: shownPlaces,
  })
}
