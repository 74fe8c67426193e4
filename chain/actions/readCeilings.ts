import { feeEscrow } from '../abis/feeEscrow.ts'
import type { Chain } from '../client/openChain.ts'

/** The most that the contract lets the treasury take of an epoch, in ppm. */
export async function readCeilings(chain: Pick<Chain, 'reader' | 'contracts'>): Promise<{ treasuryPpm: number }> {
  const contract = { address: chain.contracts.feeEscrow, abi: feeEscrow.abi }
  const treasuryPpm = await chain.reader.readContract({ ...contract, functionName: 'maxTreasuryPpm' })
  return { treasuryPpm: Number(treasuryPpm) }
}
