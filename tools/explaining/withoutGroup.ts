import { digestOf } from '../../kernel/index.ts'
import { answerPieces, recipeLayout } from '../../models/index.ts'
import { getAnswer } from '../../store/index.ts'
import { answerRequest } from '../answerRequest.ts'
import { answerTokens } from '../attributing/answerTokens.ts'
import { counterfactualsOf } from '../attributing/counterfactualsOf.ts'
import { readCanonicalRequest } from '../canonicalRequest.ts'
import type { ToolContext } from '../context.ts'
import type { WithoutGroup } from './explanation.ts'
import type { ScoredShare } from './scoredShare.ts'

/**
 * What a sold answer would have been without a payee group, by the adapter that was trained without it: the loss of each of
 * its scored tokens with and without, and the answer made again from the same request and seed.
 *
 *   change[j] = loss of token j without the group - with it, nats;   their mean is the group's score by the forward form
 *
 * Cost: two rows above one frozen state, and one answer. Nothing is kept. Throws tools/answer-erased, blobs/*, models/busy.
 */
export async function withoutGroup(
  ctx: ToolContext,
  { id, receipt, adapter, plan }: ScoredShare,
  group: number,
): Promise<WithoutGroup> {
  const { engine } = ctx
  const tokens = await answerTokens(ctx, id)
  const { answerText } = await getAnswer(ctx.store, { receipt: id })
  const layout = recipeLayout(plan.recipe, engine.base.config)
  const { theta, thetasWithout } = await counterfactualsOf(
    ctx,
    adapter,
    plan,
    ctx.governed.engineOf(receipt.attributionEngine),
  )
  const without = thetasWithout[group]!
  const { lossesNats, tokenLossesNats } = await engine.answerLosses({ ...tokens, thetas: [theta, without], layout })
  const [losses, lossesWithout] = tokenLossesNats as [Float64Array, Float64Array]
  const pieces = answerPieces(engine.base.tokenizer, { ids: tokens.answerIds, text: answerText ?? '' })
  return {
    lossMicroNats: microNats(lossesNats[0]!),
    lossWithoutMicroNats: microNats(lossesNats[1]!),
    tokens: Array.from(losses, (loss, j) => {
      return { text: pieces[j] ?? '', changeMicroNats: microNats(lossesWithout[j]! - loss) }
    }),
    rest: pieces.slice(losses.length).join(''),
    ...(await answerAgain(ctx, { id, receipt, adapter }, { group, adapter: { layout, theta: without } })),
  }
}

type Made = Pick<WithoutGroup, 'answer' | 'why'>
type Counterfactual = { group: number; adapter: Parameters<ToolContext['engine']['addAdapter']>[1] }

async function answerAgain(
  { engine, store, call }: ToolContext,
  { id, receipt, adapter }: Pick<ScoredShare, 'id' | 'receipt' | 'adapter'>,
  counterfactual: Counterfactual,
): Promise<Made> {
  const { requestText } = await getAnswer(store, { receipt: id })
  const digest = adapter.files[`counterfactual/${counterfactual.group}`]
  if (requestText === null || digest === undefined) return { answer: null, why: 'There is nothing to make it from.' }
  if ('mode' in receipt.engine || digestOf(engine.stamp) !== digestOf(receipt.engine)) {
    return { answer: null, why: 'Another engine made the answer, so one that this engine makes could not be compared.' }
  }
  if (!engine.hasAdapter(digest)) await engine.addAdapter(digest, counterfactual.adapter)
  const request = readCanonicalRequest(requestText)
  const promptIds = engine.base.tokenizer.encodeChat(request.messages, { addGenerationPrompt: true })
  const { text } = await engine.generate({
    ...answerRequest(request),
    adapter: digest,
    promptIds,
    ...(call.signal ? { signal: call.signal } : {}),
  })
  return {
    answer: text,
    why: 'Made by the same engine from the same request and seed, with the adapter that was trained without the group.',
  }
}

function microNats(nats: number): number {
  return Math.round(nats * 1e6) + 0
}
