import { bondOf, openReport, readReport, untilChainTime } from '../chain/index.ts'
import type { openReports } from './openReports.ts'
import type { Run } from './runTool.ts'
import { chainSecond, verifierOf } from './verifying/verifierOf.ts'

export const run: Run<typeof openReports> = async ({ adapter, reports }, ctx) => {
  const bond = await bondOf(ctx.chain, adapter)
  const verifier = await verifierOf(ctx)
  const [attested, objected, lost]: [number[], number[], number[]] = [[], [], []]
  let ends = 0
  for (const report of reports) {
    const { slot, digest } = report
    const found = bond.cases[slot]
    const before = await readReport(ctx.chain, { adapter, slot, reporter: verifier.reporter })
    if (found === undefined || !before.sealed) continue
    await untilChainTime(ctx.chain, found.commitEnds)
    const isOver = before.round !== found.round || (await chainSecond(ctx)) >= found.revealEnds
    if (before.digest === undefined && isOver) {
      lost.push(slot)
      continue
    }
    await openReport(verifier.chain, { adapter, ...report })
    ;(digest === found.committed ? attested : objected).push(slot)
    ends = Math.max(ends, found.revealEnds)
  }
  return { adapter, attested, objected, lost, waitMs: 1_000 * Math.max(0, ends - (await chainSecond(ctx))) }
}
