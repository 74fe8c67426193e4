import { mkdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import type { Digest } from '../../kernel/index.ts'
import type { FinishedRun } from '../../models/index.ts'
import type { ToolContext } from '../context.ts'
import { lossCurveSvg } from './lossCurveSvg.ts'
import type { RunPlan } from './runPlan.ts'

export async function writeLossCurve(
  ctx: Pick<ToolContext, 'home'>,
  adapter: Digest,
  plan: RunPlan,
  finished: FinishedRun,
): Promise<void> {
  const file = lossCurveFile(ctx, adapter)
  await mkdir(join(file, '..'), { recursive: true })
  const { lossesMicroNats, heldOutLossBeforeNats, heldOutLossAfterNats } = finished
  const title = `${plan.alias}: ${plan.samples.length} samples, adapter ${adapter.slice(0, 10)}`
  await writeFile(
    file,
    lossCurveSvg({
      title,
      lossesNats: lossesMicroNats.map((v) => v / 1e6),
      heldOutBeforeNats: heldOutLossBeforeNats,
      heldOutAfterNats: heldOutLossAfterNats,
    }),
  )
}

export function lossCurveFile({ home }: Pick<ToolContext, 'home'>, adapter: Digest): string {
  return join(home.dir, 'pictures', `loss-${adapter.slice(2, 14)}.svg`)
}
