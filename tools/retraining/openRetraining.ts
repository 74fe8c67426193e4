import { existsSync } from 'node:fs'
import { link, mkdir } from 'node:fs/promises'
import { join } from 'node:path'
import { canonicalBytes, digestOf, TributaryError, type Digest, type PayeeId } from '../../kernel/index.ts'
import { nobody, openRun, readState, stateFile, writeAtomic, type Run } from '../../models/index.ts'
import type { AdapterWithFiles } from '../../store/index.ts'
import type { ToolContext } from '../context.ts'
import { openRunOf } from '../training/openRunOf.ts'
import type { RunPlan } from '../training/runPlan.ts'

export type Retraining = {
  dir: string
  plan: RunPlan
  group: number
  /** The adapter, and without the group: variants of the plan as it is. */
  byGroup: Run
  /** Without the payee alone, once the run above has said what it skipped; the same as the group where it is alone in it. */
  byPayee: (steps: number) => Promise<Run | undefined>
}

/**
 * The trainings of an audit that leaves a payee out, in a folder of their own: the tokens, order, rates and seed of the run, and
 * other variants. Throws tools/payee-without-samples, tools/not-replayable, and as openRunOf.
 */
export async function openRetraining(
  ctx: ToolContext,
  { run: id, digest: adapter }: Pick<AdapterWithFiles, 'run' | 'digest'>,
  payee: PayeeId,
): Promise<Retraining> {
  const { plan, run } = await openRunOf(ctx, id as Digest)
  const group = plan.groups.findIndex((members) => members.includes(payee))
  const own = plan.samples.map((sample) => sample.payee === payee)
  if (group < 0 || !own.includes(true)) throw withoutSamples(payee, adapter)
  if (plan.device === 'gpu') throw onGpu(adapter)
  const dir = join(ctx.home.dir, 'retraining', digestOf({ run: id, payee }).slice(2, 18))
  const onProgress = (done: number, of: number): void =>
    ctx.call.heartbeat?.({ step: 'frozen blocks, texts', done, of })
  const open = async (name: string, changes: Partial<Run['plan']>): Promise<Run> => {
    const folder = join(dir, name)
    await mkdir(folder, { recursive: true })
    await writeAtomic(join(folder, 'plan.json'), [canonicalBytes({ ...run.plan, ...changes })])
    return openRun({ engine: ctx.engine, dir: folder, onProgress })
  }
  const byGroup = await open('group', { variants: [nobody, group] })
  return {
    dir,
    plan,
    group,
    byGroup,
    async byPayee(steps) {
      if (plan.groups[group]!.length === 1) return undefined
      const { skipped } = await readState(stateFile(byGroup, steps), { run: byGroup.digest })
      const samples = run.plan.samples.map((sample, i) => ({ ...sample, group: own[i] ? 1 : 0 }))
      const opened = await open('payee', { samples, variants: [1], skipped })
      // The same texts have the same states of the frozen blocks.
      const states = join(opened.dir, 'prefix.bin')
      if (!existsSync(states)) await link(join(byGroup.dir, 'prefix.bin'), states)
      return opened
    },
  }
}

function withoutSamples(payee: PayeeId, adapter: Digest): TributaryError {
  return new TributaryError(`${payee} has no sample among those that this adapter learned.`, {
    code: 'tools/payee-without-samples',
    facts: { payee, adapter },
    tryThis: 'name a payee of the attribution: tributary tools trace-answer --by contributor',
  })
}

function onGpu(adapter: Digest): TributaryError {
  return new TributaryError('This adapter was trained by a GPU worker: its bits are claimed on an equal device only.', {
    code: 'tools/not-replayable',
    facts: { adapter, device: 'gpu' },
    tryThis: 'train the plan again with --device gpu on a device as its card names it',
  })
}
