import { bondOf, collectReport, readReport, resolveCase, untilChainTime } from '../chain/index.ts'
import { toWeiString } from '../kernel/index.ts'
import type { Run } from './runTool.ts'
import type { settleReports } from './settleReports.ts'
import { caseForWire, verdictOf } from './verifying/verdictOf.ts'
import { chainSecond, verifierOf } from './verifying/verifierOf.ts'

export const run: Run<typeof settleReports> = async ({ adapter }, ctx) => {
  const before = await bondOf(ctx.chain, adapter)
  const { chain, reporter } = await verifierOf(ctx)
  const first = Math.min(...before.cases.flatMap(({ outcome, revealEnds }) => (outcome === 'open' ? [revealEnds] : [])))
  if (Number.isFinite(first)) await untilChainTime(ctx.chain, first)
  for (const { slot, round, outcome, revealEnds } of before.cases) {
    if (outcome === 'open' && revealEnds <= (await chainSecond(ctx))) await resolveCase(chain, { adapter, slot, round })
  }
  const bond = await bondOf(ctx.chain, adapter)
  let collectedWei = 0n
  for (const { slot, outcome } of bond.cases) {
    const { sealed, settled } = await readReport(ctx.chain, { adapter, slot, reporter })
    if (outcome !== 'open' && sealed && !settled)
      collectedWei += await collectReport(chain, { adapter, slot, reporter })
  }
  const open = bond.cases.filter(({ outcome }) => outcome === 'open')
  const ends = Math.max(...open.map(({ revealEnds }) => revealEnds))
  return {
    adapter,
    verdict: verdictOf(bond),
    cases: bond.cases.map(caseForWire),
    collectedWei: toWeiString(collectedWei),
    waitMs: open.length === 0 ? null : 1_000 * Math.max(0, ends - (await chainSecond(ctx))),
  }
}
