import { TributaryError } from '../kernel/index.ts'
import type { decide } from './decide.ts'
import { promptOf } from './deciding/promptOf.ts'
import type { Run } from './runTool.ts'
import { traceModel } from './tracing/traceModel.ts'

/**
 * The one door through which agents ask a model, a chat model or our own. The policy has bounded what may be chosen before anybody is asked, and its own
 * choice holds where the model names none of the options, does not answer, or there is nothing to choose.
 */
export const run: Run<typeof decide> = async (asked, { call, decider, log }) => {
  const { options, policy } = asked
  const names = options.map(({ option }) => option)
  if (!names.includes(policy.option)) throw outside(policy.id, policy.option, names)
  const byPolicy = (why: string) => {
    call.line?.note({ by: 'policy', policy: policy.id, provider: null, model: null })
    const { id, option } = policy
    return { option, by: 'policy' as const, provider: null, model: null, policy: id, reason: why }
  }
  if (decider === undefined || names.length === 1) return byPolicy(policy.why)
  const { provider, model } = decider
  try {
    const prompt = promptOf(asked)
    const { said } = await traceModel({ call }, { provider, model, prompt }, () => decider.choose(asked))
    if (said === undefined || !names.includes(said.option)) {
      return byPolicy(`${policy.why} (the model named none of the options)`)
    }
    call.line?.note({ policy: policy.id })
    return { ...said, by: 'model', provider, model, policy: policy.id }
  } catch (failure) {
    log.warn({ err: failure, policy: policy.id }, 'the model did not decide')
    return byPolicy(`${policy.why} (the model did not answer)`)
  }
}

function outside(policy: string, option: string, options: string[]): TributaryError {
  return new TributaryError('A policy chooses what is not among its own options.', {
    code: 'agents/policy',
    facts: { policy, option, options },
    tryThis: 'this is a defect of the agent: report it with this message',
  })
}
