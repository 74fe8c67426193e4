import { shareDistance } from '../../attribution/index.ts'
import { ppmInteger, type Attribution } from '../../kernel/index.ts'
import { attributionOf } from '../../store/index.ts'
import type { ToolContext } from '../context.ts'
import { epochToScore } from './epochToScore.ts'
import { scoringReport, type AdapterScoring, type ScoringReport } from './scoringReport.ts'

/** The report of an epoch, from its stored scores of both tiers: the same for the attributor and for an auditor. */
export async function composeReport(
  ctx: ToolContext,
  epoch: number,
  adapters: readonly AdapterScoring[],
): Promise<ScoringReport> {
  const { drawBlock, seed, answers } = await epochToScore(ctx, epoch)
  const distances = []
  const forms: ScoringReport['answers'] = []
  for (const { receipt } of answers) {
    const paid = await attributionOf(ctx.store, { receipt, tier: 'money' })
    const isForward = paid.method.startsWith(`${ctx.governed.engineOf(paid.engine).document.money}+`)
    forms.push({ receipt, form: isForward ? 'forward' : 'linear' })
    if (!isForward) continue
    const linear = await attributionOf(ctx.store, { receipt, tier: 'receipt' })
    distances.push(shareDistance(groupGains(linear), groupGains(paid)))
  }
  const ppm = (share: number) => ppmInteger.parse(Math.round(1e6 * share))
  return scoringReport.parse({
    v: 1,
    epoch,
    drawBlock,
    seed,
    adapters,
    answers: forms,
    linear: {
      answers: distances.length,
      meanDistancePpm: ppm(distances.reduce((sum, one) => sum + one, 0) / Math.max(1, distances.length)),
      worstDistancePpm: ppm(Math.max(0, ...distances)),
    },
  })
}

/** What each group earned, before anything is split inside it: there the two tiers differ by form alone. */
function groupGains({ groups }: Attribution): number[] {
  return groups.toSorted((a, b) => a.group - b.group).map(({ scoreMicroNats }) => Math.max(0, scoreMicroNats))
}
