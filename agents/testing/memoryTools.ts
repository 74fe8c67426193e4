import { activityInfo } from '@temporalio/activity'
import type { z } from 'zod'
import { digestOf, TributaryError, weiString, type Address, type Decision, type Digest } from '../../kernel/index.ts'
import type {
  ask,
  checkSamples,
  findDuplicates,
  judgeDoubts,
  listModels,
  planCuration,
  quote,
  recordDecisions,
} from '../../tools/definitions.ts'

type In<Tool extends { input: z.ZodType }> = z.output<Tool['input']>
type Out<Tool extends { output: z.ZodType }> = Promise<z.output<Tool['output']>>

/**
 * Small tools in memory, called as `(input, step)` like the bound ones, with the same rule for effects: workflow +
 * step + digest of the arguments is done once. `walletWei` is what may be spent by all runs together. Sample i is uncertain when i ends in 3, else rejected when 7 divides
 * i, else a duplicate when i ends in 5. `judges` is what comes back of judge_doubts about an uncertain one; 33 is a duplicate too.
 */
export function memoryTools({
  samples = 0,
  feesWei = ['10'] as readonly string[],
  walletWei = 2n ** 200n,
  models = [] as readonly (readonly [string, number])[],
  judges = (_sample: number): 'accept' | 'reject' => 'accept',
}) {
  const judgedReceipts: Digest[] = []
  const effects = new Map<string, unknown>()
  const decisions = new Map<string, Decision['verdict']>()
  const ids = Array.from({ length: samples }, (_, i) => digestOf({ sample: i }))
  const isCopy = (i: number) => verdictOf(i) === 'copy' || i === 33
  const verdictOf = (i: number) =>
    i % 10 === 3 ? 'uncertain' : i % 7 === 0 ? 'reject' : i % 10 === 5 ? 'copy' : 'accept'
  const once = async <Output>(step: string, input: unknown, run: () => Output): Promise<Output> => {
    const key = `${activityInfo().workflowExecution?.workflowId}/${step}/${digestOf(input)}`
    if (!effects.has(key)) effects.set(key, run())
    return effects.get(key) as Output
  }
  // A question is `<index> …`: its price is the fee of that index, round and round.
  const feeOf = ({ messages }: In<typeof quote>) =>
    weiString.parse(feesWei[Number.parseInt(messages[0]!.content, 10) % feesWei.length])

  const model = (alias: string, gain: number) => ({
    alias, adapter: digestOf(alias), base: digestOf('base'), attribution: 'influence' as const, datanet: digestOf('d'), recipe: digestOf('r'),
    heldOutLossBeforeMicroNats: 100, heldOutLossAfterMicroNats: 100 - gain,
    price: { platformWei: '1', inputWeiPer1000: '1', outputWeiPer1000: '1' },
  }) // prettier-ignore
  const activities = {
    list_models: async (): Promise<z.input<(typeof listModels)['output']>> => ({
      models: models.map(([alias, gain]) => model(alias, gain)),
    }),
    decide: async ({ policy }: { policy: { id: string; option: string; why: string } }) => ({
      option: policy.option, by: 'policy', provider: null, model: null, policy: policy.id, reason: policy.why,
    }), // prettier-ignore
    judge_answer: async ({ receipt }: { receipt: Digest }) => {
      judgedReceipts.push(receipt)
      const option = judgedReceipts.length % 2 === 1 ? 'useful' : 'useless'
      return { option, by: 'policy', provider: null, model: null, policy: 'p/1', reason: 'so it is' }
    },
    plan_curation: async (_input: In<typeof planCuration>): Out<typeof planCuration> => ({
      samples,
      rules: digestOf('rules'),
    }),

    check_samples: (input: In<typeof checkSamples>, step: string): Out<typeof checkSamples> =>
      once(step, input, () => {
        const batch = Array.from({ length: input.count }, (_, i) => input.from + i)
        const rejected = batch.filter((i) => verdictOf(i) === 'reject')
        for (const i of rejected) decisions.set(ids[i]!, 'reject')
        const uncertain = batch
          .filter((i) => verdictOf(i) === 'uncertain')
          .map((i) => ({ sample: ids[i]!, rule: 'pii/name', reason: 'this may be a name' }))
        const byRule: Record<string, number> = rejected.length > 0 ? { 'licence/missing': rejected.length } : {}
        return { checked: input.count, rejected: rejected.length, byRule, uncertain, decisions: digestOf(rejected) }
      }),

    find_duplicates: (input: In<typeof findDuplicates>, step: string): Out<typeof findDuplicates> =>
      once(step, input, () => {
        const left = ids.filter((id) => !decisions.has(id) && !input.except.includes(id))
        const copies = left.filter((id) => isCopy(ids.indexOf(id)))
        for (const id of left) decisions.set(id, copies.includes(id) ? 'reject' : 'accept')
        const byRule: Record<string, number> = copies.length > 0 ? { 'duplicate/near': copies.length } : {}
        return { checked: left.length, duplicates: copies.length, clusters: 2, byRule, decisions: digestOf(left) }
      }),

    judge_doubts: (input: In<typeof judgeDoubts>, step: string): Out<typeof judgeDoubts> =>
      once(step, input, () => {
        const decided = {
          by: 'model',
          provider: 'llm.example',
          model: 'gpt-x',
          policy: 'curator/rules-hold/1',
        } as const
        const judged = input.samples.map(({ sample, reason }) => {
          return { sample, verdict: judges(ids.indexOf(sample)), rule: 'review/model', reason, ...decided }
        })
        return { judged, decisions: digestOf(judged) }
      }),

    record_decisions: (input: In<typeof recordDecisions>, step: string): Out<typeof recordDecisions> =>
      once(step, input, () => {
        for (const { sample, verdict } of input.decisions) decisions.set(sample, verdict)
        return { recorded: input.decisions.length, decisions: digestOf(input.decisions) }
      }),

    quote: async (input: In<typeof quote>): Out<typeof quote> => ({
      model: input.model,
      adapter: digestOf('adapter'),
      promptTokens: 3,
      maxTokens: input.max_tokens,
      feeWei: feeOf(input),
      quote: 'q1.none',
      expiresAt: new Date(0).toISOString(),
      asset: `0x${'a'.repeat(40)}` as Address,
      payTo: `0x${'b'.repeat(40)}` as Address,
      chainId: 31_337,
    }),

    ask: (input: In<typeof ask>, step: string): Out<typeof ask> =>
      once(step, input, () => {
        const feeWei = feeOf({ ...input, stream: false })
        if (BigInt(feeWei) > BigInt(input.maxFeeWei ?? 0)) {
          throw new TributaryError('Too dear.', { code: 'payment/over-max-fee', facts: { feeWei } })
        }
        // What other runs leave of the wallet's day.
        if (BigInt(feeWei) > walletWei) throw new TributaryError('The day is over.', { code: 'budget/per-day' })
        walletWei -= BigInt(feeWei)
        const receipt: Digest = digestOf({ bought: step })
        return {
          receipt,
          feeWei,
          text: 'yes',
          promptTokens: 3,
          completionTokens: 1,
          latencyMs: 5,
          transaction: receipt,
        }
      }),
  }
  return { activities, effects, decisions, ids }
}
