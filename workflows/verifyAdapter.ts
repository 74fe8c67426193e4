import { sleep } from '@temporalio/workflow'
import type { z } from 'zod'
import type { verifyAdapter as tool } from '../tools/definitions.ts'
import { longStep, step } from './steps.ts'

/** A contested case goes on while the sides grow: whoever waits so long looks again by bond_status. */
const mostLooks = 64

/**
 * What a bonded stranger does about an adapter set: draw, compare the bundle with the chain, train the drawn members again
 * block by block, seal what that gave, open it, end the rounds, collect. Each block leaves the digest of its state in the
 * history; nothing that was reported can be said otherwise after a kill.
 */
export async function verifyAdapter(
  request: z.output<typeof tool.input>,
): Promise<Omit<z.input<typeof tool.output>, 'workflow'>> {
  const { adapter } = request
  const { blocks } = await step.plan_verification(request)
  let reports: z.input<typeof tool.output>['reports'] = []
  for (const { from, to } of blocks) ({ reports } = await longStep.retrain_drawn({ adapter, from, to }))
  const said = reports.map(({ slot, digest }) => ({ slot, digest }))
  const { waitMs: toOpening } = await step.seal_reports({ adapter, reports: said })
  await sleep(toOpening)
  let { waitMs } = await step.open_reports({ adapter, reports: said })
  let collectedWei = 0n
  for (let look = 1; ; look++) {
    await sleep(waitMs)
    const settled = await step.settle_reports({ adapter, look })
    collectedWei += BigInt(settled.collectedWei)
    if (settled.waitMs === null || look === mostLooks) {
      const { verdict, cases } = settled
      return { adapter, verdict, reports, cases, collectedWei: collectedWei.toString() }
    }
    waitMs = settled.waitMs
  }
}
