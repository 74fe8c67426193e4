import { mergePayees as merge } from '../chain/index.ts'
import { TributaryError, type Digest } from '../kernel/index.ts'
import { appendTrace, getPayeeClaim } from '../store/index.ts'
import type { mergePayees } from './mergePayees.ts'
import type { Run } from './runTool.ts'

const wordSeconds = 3_600

export const run: Run<typeof mergePayees> = async ({ alias, into }, ctx) => {
  const { store, chain, keys, now } = ctx
  const [from, to] = [await proved(alias), await proved(into)]
  if (from.account !== to.account || from.payee === to.payee) {
    throw new TributaryError('These are not two names of one payee.', {
      code: 'payee/not-one',
      facts: { alias: from.payee, into: to.payee, sameAddress: from.account === to.account },
      tryThis: 'prove control of both names for the same address, then merge',
    })
  }
  await appendTrace(store, {
    subject: `payee/${from.payee}`,
    key: `merge/${into}`,
    kind: 'payee-merge',
    body: { into: to.payee, account: from.account, evidence: [from.evidence, to.evidence] },
    atMs: now(),
  })
  const deadline = Math.floor(now() / 1_000) + wordSeconds
  const { tx } = await merge(chain, keys.steward, { aliased: from.payee, into: to.payee, deadline })
  return { alias: from.payee, into: to.payee, transaction: tx }

  async function proved(nonce: Digest) {
    const claim = await getPayeeClaim(store, { nonce })
    if (claim.state !== 'open' && claim.purpose === 'bind') return claim
    throw new TributaryError('Control of this name is not proved.', {
      code: 'payee/not-proved',
      facts: { payee: claim.payee, state: claim.state, purpose: claim.purpose },
      tryThis: 'prove it first: tributary tools prove-payee',
    })
  }
}
