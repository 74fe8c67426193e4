import { activityInfo } from '@temporalio/activity'
import { digestOf, TributaryError, type Decision, type Digest } from '../../kernel/index.ts'
import type { UncertainSample } from '../curator/index.ts'

/**
 * Small tools in memory, called as `(input, step)` like the bound ones, with the same rule for effects: workflow +
 * step + digest of the arguments is done once. Sample i is rejected when 7 divides i, uncertain when i ends in 3.
 */
export function memoryTools({ samples = 0, feesWei = ['10'] as readonly string[] }) {
  const effects = new Map<string, unknown>()
  const decisions = new Map<string, Decision['verdict']>()
  const id = (i: number): Digest => digestOf({ sample: i })
  const once = <Output>(step: string, input: unknown, run: () => Output): Output => {
    const key = `${activityInfo().workflowExecution?.workflowId}/${step}/${digestOf(input)}`
    if (!effects.has(key)) effects.set(key, run())
    return effects.get(key) as Output
  }
  const activities = {
    plan_curation: async (_: { datanet: string }) => ({ samples, rules: digestOf('rules') }),

    find_duplicates: async (input: { datanet: string }, step: string) =>
      once(step, input, () => ({ clusters: 2, duplicates: 5, digest: digestOf('clusters') })),

    check_samples: async (input: { datanet: string; from: number; count: number; clusters: Digest }, step: string) =>
      once(step, input, () => {
        const uncertain: UncertainSample[] = []
        let rejected = 0
        for (let i = input.from; i < input.from + input.count; i++) {
          if (i % 10 === 3) uncertain.push({ sample: id(i), rule: 'pii/name', reason: 'this may be a name' })
          else {
            if (i % 7 === 0) rejected++
            decisions.set(id(i), i % 7 === 0 ? 'reject' : 'accept')
          }
        }
        const accepted = input.count - rejected - uncertain.length
        const byRule: Record<string, number> = rejected > 0 ? { 'licence/missing': rejected } : {}
        return { checked: input.count, accepted, rejected, byRule, uncertain, decisions: digestOf(input) }
      }),

    record_decisions: async (input: { datanet: string; decisions: Decision[] }, step: string) =>
      once(step, input, () => {
        for (const { sample, verdict } of input.decisions) decisions.set(sample, verdict)
        return { recorded: input.decisions.length, decisions: digestOf(input.decisions) }
      }),

    quote: async (input: { messages: { content: string }[] }) => ({
      feeWei: feeOf(input.messages[0]!.content),
      model: 'm',
    }),

    ask: async (input: { messages: { content: string }[]; maxFeeWei: string }, step: string) =>
      once(step, input, () => {
        const feeWei = feeOf(input.messages[0]!.content)
        if (BigInt(feeWei) > BigInt(input.maxFeeWei)) {
          throw new TributaryError('Too dear.', { code: 'payment/over-max-fee', facts: { feeWei } })
        }
        const receipt = digestOf({ bought: step })
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
  // A question is `<index> …`: its price is the fee of that index, round and round.
  const feeOf = (question: string) => feesWei[Number.parseInt(question, 10) % feesWei.length]!
  return { activities, effects, decisions, id }
}
