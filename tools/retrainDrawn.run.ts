import { join } from 'node:path'
import { TributaryError } from '../kernel/index.ts'
import type { retrainDrawn } from './retrainDrawn.ts'
import type { Run } from './runTool.ts'
import { checkBundle } from './verifying/checkBundle.ts'
import { retrainApart } from './verifying/retrainApart.ts'

export const run: Run<typeof retrainDrawn> = async ({ adapter, from, to }, ctx) => {
  const { call, home, engine, blobs } = ctx
  const { bundle, bond } = await checkBundle(ctx, adapter)
  const { steps } = bundle.card
  if (bond.cases.length === 0 || from >= to || to > steps) {
    throw new TributaryError('These are no steps that the drawn members can be trained through.', {
      code: 'verify/block-range',
      facts: { adapter, from, to, steps, drawn: bond.cases.length },
      tryThis: 'take the blocks that plan_verification names; it draws too',
    })
  }
  const { checkpoint, digests } = await retrainApart(
    {
      dir: join(home.dir, 'verifying', adapter.slice(2, 18)),
      base: engine.base.dir,
      bundle: { file: blobs.path(bond.bundle), digest: bond.bundle },
      members: bond.cases.map(({ member }) => member),
      from,
      to,
    },
    {
      ...(call.signal === undefined ? {} : { signal: call.signal }),
      onStep: (done, of, lossMicroNats) =>
        call.heartbeat?.({ step: 'step', done, of, note: `loss ${(lossMicroNats / 1e6).toFixed(3)}` }),
    },
  )
  const reports = bond.cases.map(({ slot, member, committed }, i) => {
    const digest = digests[i]!
    return { slot, member, committed, digest, same: digest === committed }
  })
  return { adapter, step: to, checkpoint, reports: to === steps ? reports : [] }
}
