import { digestRoot, type Digest } from '../../kernel/index.ts'
import { chooseStep, readState, upstreamRecipe } from '../../models/index.ts'
import { getAdapter, listCheckpoints } from '../../store/index.ts'
import { readRunPlan } from '../training/readRunPlan.ts'
import { readTrainingCard } from '../training/readTrainingCard.ts'
import { differs, type AuditCheck } from './auditCheck.ts'

/**
 * Everything that the run left: plan, checkpoints, counterfactual adapters and sample influence are what was committed, and
 * the published checkpoint is the one that the recipe chooses from the recorded losses.
 */
export const checkTraining: AuditCheck = {
  name: 'training run',
  judges: 'the training run',
  duty: 'the model owner, who trained it',
  async run(ctx, { receipt }) {
    if (receipt.recipe === upstreamRecipe) return 'nobody here trained it: there is no run'
    const adapter = await getAdapter(ctx.store, { digest: receipt.adapter })
    await intact(ctx, adapter.cardDigest, 'the model card')
    const card = await readTrainingCard(ctx, adapter.cardDigest)
    if (card.run !== adapter.run) throw differs('the plan of the run', { card: card.run, stored: adapter.run })
    await intact(ctx, card.run, 'the plan of the run')
    const plan = await readRunPlan(ctx, adapter)

    const checkpoints = await listCheckpoints(ctx.store, { run: adapter.run })
    for (const { step, state } of checkpoints) await intact(ctx, state, `the checkpoint of step ${step}`)
    const published = checkpoints.find(({ step }) => step === card.steps)
    if (published?.state !== card.finalState)
      throw differs('the published checkpoint', { stored: published?.state ?? 'nothing', card: card.finalState })
    const last = checkpoints.at(-1) ?? published
    const { validation, skipped } = await readState(ctx.blobs.path(last.state), {
      run: card.plan,
      expected: last.state,
    })
    const { best } = chooseStep(validation, plan.recipe.validation, last.step)
    if (best !== card.steps) throw differs('the choice of the checkpoint', { card: card.steps, recipe: best })
    const left = skipped.flatMap(({ step, sample }) => (step < best ? (plan.samples[sample]?.id ?? []) : []))
    if (left.join() !== card.skipped.map(({ sample }) => sample).join())
      throw differs('the samples that were skipped', { card: card.skipped.length, recorded: left.length })

    const set = Object.entries(adapter.files).filter(([role]) => role.startsWith('counterfactual/'))
    const ordered = set.toSorted(([a], [b]) => indexOf(a) - indexOf(b)).map(([, blob]) => blob)
    for (const [i, blob] of ordered.entries()) await intact(ctx, blob, `the counterfactual adapter of group ${i + 1}`)
    if (ordered.length !== plan.groups.length || digestRoot(ordered) !== adapter.counterfactualRoot)
      throw differs('the set of counterfactual adapters', { adapters: ordered.length, groups: plan.groups.length })

    if (adapter.files['influence'] !== card.influence)
      throw differs('the sample influence', { stored: adapter.files['influence'] ?? 'nothing', card: card.influence })
    await intact(ctx, card.influence, 'the sample influence')
    if (adapter.files['path'] !== card.path)
      throw differs('the path of the run', { stored: adapter.files['path'] ?? 'nothing', card: card.path ?? 'nothing' })
    if (card.path !== undefined) await intact(ctx, card.path, 'the path of the run')
    return `plan, ${checkpoints.length} checkpoints, ${ordered.length} counterfactual adapters and the sample influence have their committed digests`
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
