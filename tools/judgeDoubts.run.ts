import type { z } from 'zod'
import { judgeSamples } from '../datanets/index.ts'
import { digestOf, TributaryError, type Decision, type Sample } from '../kernel/index.ts'
import { getSample, listContributions } from '../store/index.ts'
import type { UncertainSample } from './checkSamples.ts'
import { decide } from './decide.ts'
import { run as runDecide } from './decide.run.ts'
import type { judgeDoubts } from './judgeDoubts.ts'
import { bindTool, runTool, type Run } from './runTool.ts'

const bound = bindTool(decide, runDecide)

/**
 * Each sample is a call of `decide` under a key of its own, so one that was decided stays so when the rest is tried again, and has
 * its line in the trace. The rules are asked once more: where one rejects, no option to accept is offered, to whoever chooses.
 */
export const run: Run<typeof judgeDoubts> = async ({ datanet, samples }, ctx) => {
  const { store, call } = ctx
  const contributed = new Set((await listContributions(store, { datanet })).map(({ sample }) => sample))
  const judged = []
  for (const [done, doubted] of samples.entries()) {
    call.heartbeat?.({ step: 'doubtful samples judged', done, of: samples.length })
    if (!contributed.has(doubted.sample)) throw unknown(datanet, doubted.sample)
    const sample = await getSample(store, { id: doubted.sample })
    const [byRules] = await judgeSamples([sample])
    const key = { effectKey: `${call.effectKey}/${sample.id}` }
    const origin = call.origin && { ...call.origin, parent: call.effectKey ?? null }
    const inner = { ...ctx, call: { ...call, ...key, ...(origin && { origin }) } }
    const made = decide.output.parse(await runTool(bound, question(sample, doubted, byRules!), inner))
    judged.push(verdictOf(doubted, byRules!, made))
  }
  return { judged, decisions: digestOf(judged.map(({ sample, verdict, rule, reason }) => ({ sample, verdict, rule, reason }))) } // prettier-ignore
}

function question({ prompt, completion }: Sample, { rule, reason }: UncertainSample, byRules: Decision) {
  const isOpen = byRules.verdict === 'accept'
  const reject = { option: 'reject', what: 'it teaches a model next to nothing, or harms it' }
  return {
    question: 'Should this sample be part of a data set that language models are trained on? It passed all rules, one of them narrowly.',
    about: { rule, doubt: reason, prompt, completion },
    options: isOpen ? [{ option: 'accept', what: 'it says something of use in words that can be read' }, reject] : [reject],
    policy: {
      id: 'curator/rules-hold/1',
      option: byRules.verdict,
      why: isOpen ? 'Every rule lets it pass.' : byRules.reason.slice(0, 500),
    },
  } // prettier-ignore
}

/** A contributor reads the rule's own words first: they say what to do. */
function verdictOf({ sample, rule, reason: doubt }: UncertainSample, byRules: Decision, made: z.output<typeof decide.output>) {
  const { option, by, provider, model, policy, reason } = made
  const verdict = option === 'accept' && byRules.verdict === 'accept' ? 'accept' : 'reject'
  const words = `${rule} was not sure: ${doubt} ${by === 'model' ? `The model ${model} was asked: ${reason}` : reason}`
  return { sample, verdict, rule: `review/${by}`, reason: words, by, provider, model, policy } as const
} // prettier-ignore

function unknown(datanet: string, sample: string): TributaryError {
  return new TributaryError('This sample was not contributed to this Datanet.', {
    code: 'curator/unknown-sample',
    facts: { datanet, sample },
    tryThis: 'ask about samples that check_samples named',
  })
}
