import { bondOf, drawMembers } from '../chain/index.ts'
import { TributaryError, type Digest } from '../kernel/index.ts'
import type { ToolContext } from './context.ts'
import type { planVerification } from './planVerification.ts'
import type { Run } from './runTool.ts'
import { checkBundle } from './verifying/checkBundle.ts'
import { differs } from './verifying/bundle.ts'
import { caseForWire } from './verifying/verdictOf.ts'
import { verifierOf } from './verifying/verifierOf.ts'

/** A process for each block opens the engine anew, so there are few; a kill costs one of them. */
const mostBlocks = 6
const leastSteps = 4

export const run: Run<typeof planVerification> = async ({ adapter, bundleFile }, ctx) => {
  await takeBundle(ctx, adapter, bundleFile)
  const { bundle, bond: posted } = await checkBundle(ctx, adapter)
  // By the verifier, so that a stranger has one account to fund.
  await drawMembers((await verifierOf(ctx)).chain, adapter)
  const { cases } = await bondOf(ctx.chain, adapter)
  const { steps } = bundle.card
  const size = Math.max(leastSteps, Math.ceil(steps / mostBlocks))
  return {
    adapter,
    bundle: posted.bundle,
    cases: cases.map(caseForWire),
    steps,
    samples: bundle.samples.length,
    blocks: Array.from({ length: Math.ceil(steps / size) }, (_, i) => ({
      from: i * size,
      to: Math.min(steps, (i + 1) * size),
    })),
  }
}

async function takeBundle({ chain, blobs }: ToolContext, adapter: Digest, file: string | undefined): Promise<void> {
  const { bundle } = await bondOf(chain, adapter)
  if (file !== undefined) {
    const found = await blobs.putFile(file)
    if (found !== bundle) throw differs('the bundle', { bond: bundle, found })
  } else if (!(await blobs.has(bundle))) {
    throw new TributaryError('The bundle of this adapter is not in this home.', {
      code: 'verify/no-bundle',
      facts: { adapter, bundle },
      tryThis: 'ask its operator for the blob of this digest and give it as a file: tributary verify --bundle <file>',
    })
  }
}
