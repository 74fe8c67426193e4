import { zeroHash } from 'viem'
import type { Address, Digest } from '../../kernel/index.ts'
import { rewardVault } from '../abis/rewardVault.ts'
import type { ChainReader } from '../client/createClients.ts'

/** What a vault holds of an epoch: reward root, evidence root, and whether they are final; undefined where nothing is. */
export async function readEvidence(
  reader: ChainReader,
  vault: Address,
  epoch: number,
): Promise<{ root: Digest; evidence: Digest; final: boolean } | undefined> {
  const contract = { address: vault, abi: rewardVault.abi }
  const [{ root, evidence }, finalEpoch] = await Promise.all([
    reader.readContract({ ...contract, functionName: 'rootOf', args: [BigInt(epoch)] }),
    reader.readContract({ ...contract, functionName: 'finalEpoch' }),
  ])
  if (root === zeroHash) return undefined
  return { root: root as Digest, evidence: evidence as Digest, final: BigInt(epoch) <= finalEpoch }
}
