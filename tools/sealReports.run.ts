import { bondOf, readReport, sealReport } from '../chain/index.ts'
import { TributaryError } from '../kernel/index.ts'
import type { Run } from './runTool.ts'
import type { sealReports } from './sealReports.ts'
import { chainSecond, fundReport, verifierOf } from './verifying/verifierOf.ts'

export const run: Run<typeof sealReports> = async ({ adapter, reports }, ctx) => {
  const bond = await bondOf(ctx.chain, adapter)
  const verifier = await verifierOf(ctx)
  const sealed: number[] = []
  for (const report of reports) {
    const { slot } = report
    const found = bond.cases[slot]
    const before = await readReport(ctx.chain, { adapter, slot, reporter: verifier.reporter })
    const inTime = found?.outcome === 'open' && (await chainSecond(ctx)) < found.commitEnds
    if (!before.sealed && !inTime) continue
    if (!before.sealed) await fundReport(ctx)
    await sealReport(verifier.chain, { adapter, ...report })
    sealed.push(slot)
  }
  if (sealed.length === 0) {
    throw new TributaryError('It is too late to report on these members, or none of them was drawn.', {
      code: 'verify/too-late',
      facts: { adapter, slots: reports.map(({ slot }) => slot), outcomes: bond.cases.map(({ outcome }) => outcome) },
      tryThis: 'see bond_status: where a case has another round, report in its time for sealing',
    })
  }
  const opens = Math.max(...sealed.map((slot) => bond.cases[slot]?.commitEnds ?? 0))
  return { adapter, sealed, waitMs: 1_000 * Math.max(0, opens - (await chainSecond(ctx))) }
}
