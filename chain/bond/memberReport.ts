import { keccak256, type Hex } from 'viem'
import type { Address, Digest } from '../../kernel/index.ts'
import type { Chain } from '../client/openChain.ts'

/** Which digest training a drawn member again gave. The reporter is the chain's sender (`chainAs`). */
export type MemberReport = { adapter: Digest; slot: number; digest: Digest }

export function reporterOf(chain: Chain): Address {
  return chain.writer.account.address.toLowerCase() as Address
}

/** Made of a signature, so that nobody guesses it and a run that was cut makes it again: nothing has to be kept. */
export async function saltOf(chain: Chain, { adapter, slot }: MemberReport): Promise<Hex> {
  const message = `Tributary report ${chain.chainId} ${chain.contracts.retrainBond} ${adapter} ${slot}`
  return keccak256(await chain.writer.account.signMessage({ message }))
}
