import { endDispute, readRoles, withdrawOwed, type Chain } from '../chain/index.ts'
import { TributaryError, toWeiString, type Address } from '../kernel/index.ts'
import type { ToolContext } from './context.ts'
import type { decideDispute } from './decideDispute.ts'
import { senderWith } from './disputing/senderWith.ts'
import { statusOf } from './disputing/statusOf.ts'
import type { Run } from './runTool.ts'

export const run: Run<typeof decideDispute> = async ({ id, verdict, slash }, ctx) => {
  const { challenger, accused } = await statusOf(ctx.chain, id)
  const parties = [challenger, accused]
  const chain = verdict === 'time' ? ctx.chain : await asResolver(ctx, parties)
  const end =
    verdict === 'time' ? ({ by: 'time' } as const) : { by: 'verdict' as const, upheld: verdict === 'upheld', slash }
  const { tx } = await endDispute(chain, { id, end })
  const paid = []
  for (const account of parties) {
    const wei = await withdrawOwed(chain, 'disputes', account)
    if (wei > 0n) paid.push({ account, wei: toWeiString(wei) })
  }
  return { ...(await statusOf(chain, id)), transaction: tx, paid }
}

/** A key of this home that is a resolver and no party: the contract takes no other verdict. */
async function asResolver(ctx: ToolContext, parties: readonly Address[]): Promise<Chain> {
  const { keys, chain } = ctx
  const roles = await readRoles(chain)
  const resolvers = roles.find(({ role }) => role === 'RESOLVER_ROLE')?.holders ?? []
  const signer = [keys.operator, keys.steward].find(({ address }) => {
    const account = address.toLowerCase() as Address
    return resolvers.includes(account) && !parties.includes(account)
  })
  if (signer) return senderWith(ctx, signer, 0n)
  throw new TributaryError('No key of this home may decide this dispute.', {
    code: 'tools/no-resolver',
    facts: { parties, resolvers },
    tryThis: 'ask a resolver who is neither the challenger nor the accused',
  })
}
