import { curate, makeSample } from '../datanets/index.ts'
import { payeeIdString } from '../kernel/index.ts'
import { accessOf, listSamples } from '../store/index.ts'
import { gated } from './gating/gate.ts'
import type { previewContribution } from './previewContribution.ts'
import type { Run } from './runTool.ts'

/** Judged behind all that is committed already, so that copies of it show. The preview commits to nothing and keeps nothing. */
export const run: Run<typeof previewContribution> = async ({ datanet, samples }, { store, call }) => {
  // What is near to a gated text would tell a stranger what it says.
  if (call.stranger === true && (await accessOf(store, { datanet })).access === 'gated')
    throw gated('preview_contribution')
  const payee = payeeIdString.parse('preview:you')
  const own = samples.map((sample) => makeSample({ ...sample, payee }))
  const ids = new Set(own.map(({ id }) => id))
  const known = (await listSamples(store, { datanet })).filter(({ id }) => !ids.has(id))
  const decisions = await curate([...known, ...new Map(own.map((sample) => [sample.id, sample])).values()])
  return { decisions: decisions.filter(({ sample }) => ids.has(sample)) }
}
