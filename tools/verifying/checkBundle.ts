import { groupPayees } from '../../attribution/index.ts'
import { bondOf, drawSeed, readModel, readVersion, type Bond } from '../../chain/index.ts'
import { sampleId } from '../../datanets/index.ts'
import { digestOf, digestRoot, TributaryError, type Digest } from '../../kernel/index.ts'
import { recipeDigest } from '../../models/index.ts'
import type { ToolContext } from '../context.ts'
import { differs, readBundle, type Bundle } from './bundle.ts'

/**
 * A bundle by its digest, with everything in it compared with what stands on chain, before a step is trained: plan, card,
 * machine, recipe, base, Datanet version, the samples and their payees, the seed that dealt the groups, and the groups.
 * Throws verify/differs with what does not fit, verify/other-machine, verify/other-base, chain/no-bond, blobs/not-found.
 */
export async function checkBundle(
  { chain, blobs, engine }: Pick<ToolContext, 'chain' | 'blobs' | 'engine'>,
  adapter: Digest,
): Promise<{ bundle: Bundle; bond: Bond }> {
  const bond = await bondOf(chain, adapter)
  const bundle = readBundle(await blobs.get(bond.bundle), bond.bundle)
  const { plan, card, machine, version, samples } = bundle
  const model = await readModel(chain, adapter)
  const onChain = await readVersion(chain, plan.datanetRoot)
  const { hash } = onChain ? await drawSeed(chain, onChain.block) : { hash: undefined }
  const payees = [...new Set(plan.samples.map(({ payee }) => payee))]
  const pairs: readonly (readonly [string, string | number, string | number | undefined])[] = [
    ['the adapter', bundle.adapter, adapter],
    ['the plan', digestOf(plan), bond.plan],
    ['the run of the card', card.run, bond.plan],
    ['the card', digestOf(card), model?.card],
    ['the machine', digestOf(machine), bond.machine],
    ['the recipe', recipeDigest(plan.recipe), model?.recipe],
    ['the base', plan.base, model?.base],
    ['the Datanet version', plan.datanetRoot, model?.datanet],
    ['the list of the version’s samples', digestRoot(version), model?.datanet],
    ['the set of counterfactual adapters', digestRoot(card.counterfactuals), model?.counterfactuals],
    ['the number of groups', plan.groups.length + 1, bond.members],
    ['the seed of the groups', plan.groupSeed, hash],
    [
      'the groups',
      digestOf(plan.groups),
      digestOf(groupPayees({ seed: plan.groupSeed, payees, k: plan.groups.length })),
    ],
    ['the number of samples', samples.length, plan.samples.length],
  ]
  for (const [what, found, wanted] of pairs) {
    if (found !== wanted) throw differs(what, { found, onChain: wanted ?? 'nothing' })
  }
  const members = new Set(version)
  for (const [i, { id, payee }] of plan.samples.entries()) {
    const sample = samples[i]!
    if (sample.id !== id || sampleId(sample) !== id || sample.payee !== payee || !members.has(id))
      throw differs('a sample', { sample: id, at: i })
  }
  refuseOtherMachine(bundle, engine)
  return { bundle, bond }
}

function refuseOtherMachine({ adapter, machine, plan }: Bundle, { stamp, base }: ToolContext['engine']): void {
  if (plan.base !== base.digest) {
    throw new TributaryError('This engine was opened on another base model than the adapter was trained on.', {
      code: 'verify/other-base',
      facts: { adapter, base: base.digest, wantedBase: plan.base },
      tryThis: 'open the server on that base: tributary start --base <name or digest>',
    })
  }
  if (digestOf(stamp) === digestOf(machine)) return
  const there = 'cpu' in machine ? machine : undefined
  throw new TributaryError(
    'This adapter set was trained by another engine or class of machine: its bits cannot be compared here, and a digest has no tolerance.',
    {
      code: 'verify/other-machine',
      facts: {
        adapter,
        hereRuntime: stamp.runtime,
        hereCpu: stamp.cpu,
        trainedRuntime: there?.runtime ?? 'another engine',
        trainedCpu: there?.cpu ?? 'unknown',
        sameGraph: stamp.graph === there?.graph,
        sameWeights: stamp.weights === there?.weights,
      },
      tryThis: 'verify on a machine of that class with that release; nothing was reported, for or against',
    },
  )
}
