import { TributaryError } from '../kernel/index.ts'
import { accessOf, latestCuration, listContributions, listDecisions as read } from '../store/index.ts'
import { gated } from './gating/gate.ts'
import { listDecisions } from './listDecisions.ts'
import type { Run } from './runTool.ts'

/** In the order of commitment. Reasons never quote a personal datum or a secret; texts are not shown. */
export const run: Run<typeof listDecisions> = async ({ datanet, payee, verdict, from, count }, { store, call }) => {
  if (call.stranger === true && (await accessOf(store, { datanet })).access === 'gated') throw gated(listDecisions.name)
  const curation = await latestCuration(store, { datanet })
  if (curation === undefined) throw notCurated(datanet)
  const payees = new Map((await listContributions(store, { datanet })).map(({ sample, payee: whose }) => [sample, whose]))
  const decided = (await read(store, { datanet, curation })).map(({ sample, verdict: said, rule, reason }) => {
    return { sample, payee: payees.get(sample)!, verdict: said, rule, reason }
  })
  const meant = decided.filter((one) => payee === undefined || one.payee === payee)
  const of = (said: string) => meant.filter((one) => said === 'all' || one.verdict === said)
  const decisions = of(verdict).slice(from, from + count)
  return { curation, accepted: of('accept').length, rejected: of('reject').length, decisions }
} // prettier-ignore

function notCurated(datanet: string): TributaryError {
  return new TributaryError('No curation has decided about this Datanet, or it is none of ours.', {
    code: 'tools/not-curated',
    facts: { datanet: datanet.slice(0, 80) },
    tryThis: 'wait for its next curation, or run it: tributary tools curate --datanet <name>',
  })
}
