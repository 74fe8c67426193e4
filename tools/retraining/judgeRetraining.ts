import type { z } from 'zod'
import { toMicroNats } from '../../attribution/index.ts'
import { digestBytes, TributaryError, type Digest, type PayeeId } from '../../kernel/index.ts'
import { readState, stateFile, type Run } from '../../models/index.ts'
import { attributionOf, type AdapterWithFiles } from '../../store/index.ts'
import { answerTokens } from '../attributing/answerTokens.ts'
import { forwardScores } from '../attributing/forwardScores.ts'
import type { ToolContext } from '../context.ts'
import { readAdapter } from '../ensureAdapter.ts'
import type { retrainPayee } from '../retrainPayee.ts'
import { readTrainingCard } from '../training/readTrainingCard.ts'
import type { Retraining } from './openRetraining.ts'

type Report = NonNullable<z.output<typeof retrainPayee.output>['report']>

/**
 * What the trainings of an audit say. The adapter itself was trained too: where it does not come out as it was committed, this
 * machine or engine is not of the class of the one that trained it, and nobody is blamed for the other.
 * Throws tools/not-replayable, tools/answer-erased.
 */
export async function judgeRetraining(
  ctx: ToolContext,
  { receipt, payee, adapter }: { receipt: Digest; payee: PayeeId; adapter: AdapterWithFiles },
  { plan, group, byGroup }: Retraining,
  byPayee: Run | undefined,
): Promise<Report> {
  const { steps, counterfactuals } = await readTrainingCard(ctx, adapter.cardDigest)
  const [main, withoutGroup] = (await readState(stateFile(byGroup, steps), { run: byGroup.digest })).thetas
  const { theta } = await readAdapter(ctx, adapter.digest)
  if (main!.some((x, p) => x !== theta[p])) throw otherMachine(adapter)
  const withoutPayee = byPayee
    ? (await readState(stateFile(byPayee, steps), { run: byPayee.digest })).thetas[0]!
    : withoutGroup!
  const tokens = await answerTokens(ctx, receipt)
  const thetasWithout = [withoutGroup!, withoutPayee]
  const attribution = await attributionOf(ctx.store, { receipt })
  const by = ctx.governed.engineOf(attribution.engine)
  const measured = await forwardScores(ctx, { ...tokens, adapter: adapter.digest, thetasWithout, by })
  const ofPayee = attribution.payees.find((entry) => entry.payee === payee)
  const retrained = digestBytes(
    new Uint8Array(withoutGroup!.buffer, withoutGroup!.byteOffset, withoutGroup!.byteLength),
  )
  return {
    adapter: adapter.digest,
    group,
    groupPayees: plan.groups[group]!,
    samples: plan.samples.filter((sample) => sample.payee === payee).length,
    method: attribution.method,
    sharePpm: ofPayee!.sharePpm,
    committed: counterfactuals[group]!,
    retrained,
    same: retrained === counterfactuals[group],
    ofGroup: {
      attributedMicroNats: attribution.groups.find((entry) => entry.group === group)!.scoreMicroNats,
      measuredMicroNats: toMicroNats(measured[0]!),
    },
    ofPayee: { attributedMicroNats: ofPayee!.scoreMicroNats, measuredMicroNats: toMicroNats(measured[1]!) },
  }
}

function otherMachine({ digest, run }: AdapterWithFiles): TributaryError {
  return new TributaryError(
    'Trained again here, the adapter itself comes out otherwise, so its bits cannot be judged here.',
    {
      code: 'tools/not-replayable',
      facts: { adapter: digest, run },
      tryThis: 'retrain on a machine of the class that trained it, with the release and the base model of that time',
    },
  )
}
