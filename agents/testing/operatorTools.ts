import { activityInfo } from '@temporalio/activity'
import { digestOf, TributaryError, type Digest } from '../../kernel/index.ts'

type Decided = { option: string; by: 'model' | 'policy' }
type Asked = { question: string; about: object; options: { option: string; what: string }[]; policy: { id: string; option: string; why: string } } // prettier-ignore

/**
 * Small tools of the trainer, treasurer and auditor, with the rule for effects of the bound ones. `decides` is what comes back of
 * `decide`, whatever was offered: a model that is honest, or one that is not.
 */
export function operatorTools(
  settings: {
    seconds?: Record<string, number>
    waiting?: number
    verdicts?: ('PASS' | 'FAIL' | 'NOT_REPRODUCIBLE')[]
    decides?: (asked: Asked) => Decided
  } = {},
) {
  const { seconds = { quick: 10, balanced: 60, thorough: 600 }, waiting = 3, verdicts = [] } = settings
  const done: string[] = []
  const asked: Asked[] = []
  const effects = new Map<string, unknown>()
  const once = <Output>(what: string, step: string, input: unknown, output: Output): Output => {
    const key = `${activityInfo().workflowExecution?.workflowId}/${step}/${digestOf(input)}`
    if (!effects.has(key)) {
      effects.set(key, output)
      done.push(what)
    }
    return effects.get(key) as Output
  }
  const receipts = verdicts.map((_, i) => digestOf({ receipt: i }))
  const activities = {
    decide: async (input: Asked, step: string) => {
      asked.push(input)
      const { option, by } = settings.decides?.(input) ?? { option: input.policy.option, by: 'policy' as const }
      const model = by === 'model' ? 'gpt-x' : null
      const provider = model && 'llm.example'
      return once(`decide ${option}`, step, input, { option, by, provider, model, policy: input.policy.id, reason: input.policy.why }) // prettier-ignore
    },
    preview_training: async ({ recipe, alias = 'mine' }: { recipe: string; alias?: string }) => {
      const totalSeconds = seconds[recipe]
      if (totalSeconds === undefined)
        throw new TributaryError('No such version.', { code: 'tools/no-datanet-version', facts: {} })
      return previewOf(recipe, alias, totalSeconds)
    },
    register_adapter: async (input: { run: Digest }, step: string) =>
      once('publish', step, input, { adapter: digestOf('b'), alias: 'mine', card: digestOf('c'), transaction: '0x1' }),
    reconcile_budget: async (input: object, step: string) =>
      once('reconcile', step, input, { settled: 1, released: 0, open: 2 }),
    status: async () => ({ parts: [], epoch: 7, models: 1, receipts: 40, waiting }),
    close_epoch: async (input: object, step: string) =>
      once('close', step, input, {
        workflow: 'settle/7', epoch: 7, root: digestOf(7), receivedWei: '100', paidWei: '90', treasuryWei: '5', poolWei: '5', claimedWei: '90',
      }), // prettier-ignore
    epoch_report: async ({ epoch = 7 }: { epoch?: number }) => reportOf(epoch),
    draw_audits: async () => ({ receipts }),
    audit: async ({ receipt }: { receipt: Digest }) => {
      const verdict = verdicts[receipts.indexOf(receipt)]!
      const checks = [
        { check: 'receipt', pass: true, detail: '' },
        { check: 'split', pass: verdict === 'PASS', detail: 'one wei less', culprit: 'the statement: operator' },
      ]
      return { receipt, verdict, checks }
    },
    file_finding: async (input: { receipt: Digest }, step: string) =>
      once(`file ${receipts.indexOf(input.receipt)}`, step, input, { finding: digestOf('line'), findings: 1 }),
    open_dispute: async (input: { receipt: Digest; reason: string }, step: string) =>
      once(`dispute ${receipts.indexOf(input.receipt)}`, step, input, disputeOf(input.reason)),
  }
  return { activities, done, asked, effects }
}

function previewOf(recipe: string, alias: string, totalSeconds: number) {
  const digest = digestOf(recipe)
  return {
    training: 't', request: { datanetRoot: digest, alias, recipe: { name: recipe } }, datanet: 'd', version: 1, base: 'b',
    recipe: { name: recipe, digest, smooth: true, why: [], parameters: 10 },
    samples: 64, payees: 5, largest: [], groups: 2, heldOut: 4, validation: 4, steps: 8,
    tokens: { tokens: 100, labels: 50, paddingPpm: 0, promptsCut: 0, answersCut: 0 },
    time: { calibratedRows: 1, frozenSeconds: 0, trainingSeconds: totalSeconds, totalSeconds },
    memory: { nowMiB: 1, peakMiB: 1 }, disk: { scratchMiB: 1, keptMiB: 1, freeMiB: 9 },
    cost: { chainId: 31_337, transactions: 1, needsApproval: false, note: '' },
    licence: { allowed: true, licences: [] },
    earnings: { answers: 1, promptTokens: 1, completionTokens: 1, feesWei: '1', contributorsWei: '1', perPayeeWei: '1' },
    refused: [], problems: [], finished: null,
  } // prettier-ignore
}

function reportOf(epoch: number) {
  const spread = { count: 4, giniPpm: 0, top1Ppm: 0, top10Ppm: 0 }
  return {
    epoch, state: 'claimed', receipts: 3, receivedWei: '100', paidWei: '90', contributorsWei: '80', serversWei: '5', modelOwnersWei: '5',
    treasuryWei: '5', poolWei: '5', claimedWei: '90', takes: [], concentration: { payees: spread, servers: spread, modelOwners: spread },
    lorenz: [], rules: [], root: digestOf(epoch), evidence: digestOf('e'), evidenceForm: 2, scoring: null, published: null,
    transactions: { close: null, propose: null, final: null },
  } // prettier-ignore
}

function disputeOf(reason: string) {
  return { reason, transaction: '0xd1' }
}
