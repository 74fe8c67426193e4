import { digestRoot, type Digest } from '../../kernel/index.ts'
import { getAdapter, listCheckpoints } from '../../store/index.ts'
import { readRunPlan } from '../training/readRunPlan.ts'
import { differs, type AuditCheck } from './auditCheck.ts'

/** Weights of the run: every checkpoint and every counterfactual adapter is the one that was committed. */
export const checkTraining: AuditCheck = {
  name: 'training run',
  duty: 'the model owner, who trained it',
  async run(ctx, { receipt }) {
    const adapter = await getAdapter(ctx.store, { digest: receipt.adapter })
    const plan = await readRunPlan(ctx, adapter)
    const checkpoints = await listCheckpoints(ctx.store, { run: adapter.run })
    for (const { step, state } of checkpoints) await intact(ctx, state, `the checkpoint of step ${step}`)
    const set = Object.entries(adapter.files).filter(([role]) => role.startsWith('counterfactual/'))
    const ordered = set.toSorted(([a], [b]) => indexOf(a) - indexOf(b)).map(([, blob]) => blob)
    for (const [i, blob] of ordered.entries()) await intact(ctx, blob, `the counterfactual adapter of group ${i + 1}`)
    if (ordered.length !== plan.groups.length || digestRoot(ordered) !== adapter.counterfactualRoot) {
      throw differs('the set of counterfactual adapters', { adapters: ordered.length, groups: plan.groups.length })
    }
    return `${checkpoints.length} checkpoints and ${ordered.length} counterfactual adapters have their committed digests`
  },
}

async function intact({ blobs }: Parameters<AuditCheck['run']>[0], blob: Digest, what: string): Promise<void> {
  try {
    await blobs.verifiedPath(blob)
  } catch (cause) {
    throw differs(what, { blob, reason: cause instanceof Error ? cause.message : '' })
  }
}

const indexOf = (role: string) => Number(role.split('/')[1])
