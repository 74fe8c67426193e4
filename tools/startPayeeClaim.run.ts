import { randomBytes } from 'node:crypto'
import { TributaryError, type Address, type Digest, type PayeeId } from '../kernel/index.ts'
import { openPayeeClaim } from '../store/index.ts'
import { challengeText } from './claiming/claimChallenge.ts'
import type { Run } from './runTool.ts'
import type { startPayeeClaim } from './startPayeeClaim.ts'

/** Long enough to publish a package or a TXT record. */
const lifeMs = 24 * 60 * 60_000

export const run: Run<typeof startPayeeClaim> = async ({ payee, account: given, purpose }, ctx) => {
  const { store, chain, now } = ctx
  if (payee.startsWith('0x')) {
    throw new TributaryError('A payee that is an address is paid there and needs no claim.', {
      code: 'chain/payee-has-address',
      facts: { payee },
      tryThis: 'claim: the vault pays this address',
    })
  }
  const account = given.toLowerCase() as Address
  const nonce = `0x${randomBytes(32).toString('hex')}` as Digest
  const escrow = chain.contracts.payeeEscrow.toLowerCase() as Address
  const expiresAtMs = now() + lifeMs
  const challenge = { purpose, payee, account, chainId: chain.chainId, escrow, nonce, expiresAtMs }
  await openPayeeClaim(store, { ...challenge, chainId: String(chain.chainId), atMs: now() })
  return {
    nonce,
    challenge: challengeText(challenge),
    expiresAt: new Date(expiresAtMs).toISOString(),
    proofs: waysOf(payee, account),
  }
}

function waysOf(payee: PayeeId, account: Address): string[] {
  const key = 'key: the key that the payee named beforehand signs the challenge too'
  const [, name = ''] = /^[a-z0-9]+:(.*)$/su.exec(payee) ?? []
  if (payee.startsWith('npm:')) {
    const whose = name.startsWith('@') && !name.includes('/') ? `a package of ${name}` : name
    return [`npm: publish ${whose} with "tributary": {"payee": "${account}"} in package.json`, key]
  }
  if (payee.startsWith('domain:'))
    return [
      `domain, well-known: https://${name}/.well-known/tributary.json with {"payee": "${account}"}`,
      `domain, dns: TXT record of _tributary.${name}: tributary-payee=${account}`,
      key,
    ]
  return [key]
}
