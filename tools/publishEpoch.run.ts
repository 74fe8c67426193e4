import { growRewardTree } from '../chain/index.ts'
import { canonicalBytes, digestOf, toWeiString, TributaryError, type Address } from '../kernel/index.ts'
import { getEpoch, leavesOf, recordPublication } from '../store/index.ts'
import type { publishEpoch } from './publishEpoch.ts'
import { composeStatements } from './publishing/composeStatements.ts'
import { epochIndex, epochPage, type EpochIndex } from './publishing/published.ts'
import { readIndex } from './publishing/readPublished.ts'
import type { Run } from './runTool.ts'

/** Statements a page: a payee's statement is found by reading one page. */
const pageSize = 256

/** Everything follows from what is stored, so a run that was cut writes the same files again, and the index last. */
export const run: Run<typeof publishEpoch> = async ({ epoch }, ctx) => {
  const { store, blobs, chain, call } = ctx
  const found = await getEpoch(store, { epoch })
  if (found.published !== null) {
    const { pages } = await readIndex(ctx, found.published)
    return { epoch, index: found.published, pages: pages.length, statements: countOf(pages) }
  }
  const { root, evidenceRoot, state } = found
  if (root === null || evidenceRoot === null || (state !== 'final' && state !== 'claimed')) {
    throw new TributaryError('Only what is final is published: until then it can be disputed.', {
      code: 'tools/not-final',
      facts: { epoch, state },
      tryThis: 'wait until the challenge window of its root is over: tributary epoch says where it stands',
    })
  }
  const of = found.receiptCount ?? 0
  const { statements, rules } = await composeStatements(ctx, epoch, {
    onReceipt: (done) => call.heartbeat?.({ step: 'statements', done, of }),
  })
  const leaves = await leavesOf(store, { epoch })
  const tree = leaves.length > 0 ? await growRewardTree(leaves) : undefined
  const held = new Map(leaves.map((leaf) => [leaf.payee, leaf.cumulativeWei]))
  const wrong = statements.find(({ payee, cumulativeWei }) => (held.get(payee) ?? 0n) !== BigInt(cumulativeWei))
  const due = statements.filter(({ cumulativeWei }) => cumulativeWei !== '0').length
  if (wrong || due !== leaves.length || (tree && tree.root !== root)) {
    throw new TributaryError('What is stored of this epoch does not give the statement that was posted.', {
      code: 'tools/evidence-differs',
      facts: { epoch, root, recomputed: tree?.root ?? 'none', payee: wrong?.payee ?? 'none' },
      tryThis: 'audit a receipt of the epoch: it names what differs',
    })
  }
  const pages: EpochIndex['pages'] = []
  for (let from = 0; from < statements.length; from += pageSize) {
    call.heartbeat?.({ step: 'pages', done: from, of: statements.length })
    const part = statements.slice(from, from + pageSize).map((statement) => ({
      ...statement,
      proof: held.has(statement.payee) && tree ? tree.claim(statement.payee).proof : [],
    }))
    const page = epochPage.parse({ v: 1, kind: 'tributary/epoch-page', epoch, statements: part })
    const digest = await blobs.put(canonicalBytes(page))
    pages.push({ first: part[0]!.payee, last: part.at(-1)!.payee, statements: part.length, digest })
  }
  const index = await blobs.put(
    canonicalBytes(
      epochIndex.parse({
        v: 1,
        kind: 'tributary/epoch-index',
        chainId: chain.chainId,
        vault: chain.contracts.rewardVault.toLowerCase() as Address,
        fromBlock: Number(chain.fromBlock),
        epoch,
        root,
        evidence: evidenceRoot,
        totalWei: toWeiString(tree?.totalWei ?? 0n),
        leaves: leaves.length,
        receivedWei: toWeiString(found.receivedWei ?? 0n),
        paidWei: toWeiString(found.paidWei ?? 0n),
        treasuryWei: toWeiString(found.treasuryWei ?? 0n),
        poolWei: toWeiString(found.poolWei ?? 0n),
        scoring: found.scoring,
        rules: [...rules.values()].toSorted((a, b) => (digestOf(a) < digestOf(b) ? -1 : 1)),
        pages,
      }),
    ),
  )
  await recordPublication(store, { epoch, published: index })
  return { epoch, index, pages: pages.length, statements: statements.length }
}

function countOf(pages: EpochIndex['pages']): number {
  return pages.reduce((sum, { statements }) => sum + statements, 0)
}
