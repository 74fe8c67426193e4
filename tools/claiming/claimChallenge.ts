import { verifyMessage } from 'viem'
import { TributaryError, type Address, type Digest, type PayeeId } from '../../kernel/index.ts'

/** What somebody signs who says that an address speaks for a payee. */
export type ClaimChallenge = {
  /** bind: the first address; recover: another one, for a key that is lost. */
  purpose: 'bind' | 'recover'
  payee: PayeeId
  account: Address
  chainId: number
  escrow: Address
  nonce: Digest
  expiresAtMs: number
}

/** The text that is signed (EIP-191, as wallets show it): it names payee, address, chain and contract, so it is good nowhere else. */
export function challengeText({
  purpose,
  payee,
  account,
  chainId,
  escrow,
  nonce,
  expiresAtMs,
}: ClaimChallenge): string {
  return [
    'Tributary: whose rewards are these?',
    '',
    purpose === 'bind'
      ? 'I say that this address speaks for the payee, and will prove that I control it.'
      : 'I say that this address replaces the one that speaks for the payee, and will prove that I control it.',
    `Payee: ${JSON.stringify(payee)}`,
    `Address: ${account.toLowerCase()}`,
    `Chain: ${chainId}`,
    `Contract: ${escrow.toLowerCase()}`,
    `Nonce: ${nonce}`,
    `Expires: ${new Date(expiresAtMs).toISOString()}`,
  ].join('\n')
}

/**
 * Whether the address has signed this challenge, on this chain and in time. Pure but for the curve.
 * Throws payee/expired, payee/other-chain, payee/not-signed.
 */
export async function checkChallenge(
  challenge: ClaimChallenge,
  { signature, nowMs, chainId, escrow }: { signature: string; nowMs: number; chainId: number; escrow: Address },
): Promise<void> {
  const { payee, account, expiresAtMs } = challenge
  if (nowMs > expiresAtMs)
    throw refused('The challenge has expired.', 'expired', { payee, expiredAt: new Date(expiresAtMs).toISOString() })
  if (challenge.chainId !== chainId || challenge.escrow.toLowerCase() !== escrow.toLowerCase())
    throw refused('The challenge is of another chain or contract.', 'other-chain', {
      asked: challenge.chainId,
      chainId,
    })
  if (!(await isSignedBy(account, challengeText(challenge), signature)))
    throw refused('The challenge is not signed by the address that it names.', 'not-signed', { payee, account })
}

/** Whether this address signed this text. Never throws for bad input. */
export async function isSignedBy(address: Address, message: string, signature: string): Promise<boolean> {
  try {
    return await verifyMessage({ address, message, signature: signature as `0x${string}` })
  } catch {
    return false // no signature
  }
}

function refused(
  message: string,
  what: 'expired' | 'other-chain' | 'not-signed',
  facts: Record<string, string | number>,
): TributaryError {
  return new TributaryError(message, {
    code: `payee/${what}`,
    facts,
    tryThis: 'ask for a new challenge with start_payee_claim and sign its text with the key of the address',
  })
}
