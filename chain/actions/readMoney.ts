import { feeEscrow } from '../abis/feeEscrow.ts'
import { openToken } from '../abis/openToken.ts'
import { rewardVault } from '../abis/rewardVault.ts'
import type { Chain } from '../client/openChain.ts'
import { readBalance } from './readBalance.ts'

/** Where all money of the system stands, in wei of OPEN, read at one block. */
export type Money = {
  block: number
  supplyWei: bigint
  /** Fees of epochs that are not closed. */
  feeEscrowWei: bigint
  /** Rewards not yet claimed. */
  rewardVaultWei: bigint
  /** Rewards in the accounts of payees without an address. */
  payeeEscrowWei: bigint
  /** What nobody earned, in the pools of all Datanets. */
  poolsWei: bigint
  /** Of the timelock. */
  treasuryWei: bigint
  /** All that ever reached the vault, and all that was ever claimed. */
  vaultReceivedWei: bigint
  vaultClaimedWei: bigint
  lastClosedEpoch: number
  lastFinalEpoch: number
}

export async function readMoney(chain: Pick<Chain, 'reader' | 'contracts'>): Promise<Money> {
  const { reader, contracts } = chain
  const vault = { address: contracts.rewardVault, abi: rewardVault.abi }
  const escrow = { address: contracts.feeEscrow, abi: feeEscrow.abi }
  for (;;) {
    const block = await reader.getBlockNumber({ cacheTime: 0 })
    const [supply, fees, rewards, payees, pools, taken, received, claimed, closed, final] = await Promise.all([
      reader.readContract({ address: contracts.openToken, abi: openToken.abi, functionName: 'totalSupply' }),
      readBalance(chain, contracts.feeEscrow),
      readBalance(chain, contracts.rewardVault),
      readBalance(chain, contracts.payeeEscrow),
      readBalance(chain, contracts.datanetPools),
      readBalance(chain, contracts.openTimelock),
      reader.readContract({ ...vault, functionName: 'receivedWei' }),
      reader.readContract({ ...vault, functionName: 'claimedWei' }),
      reader.readContract({ ...escrow, functionName: 'lastClosed' }),
      reader.readContract({ ...vault, functionName: 'finalEpoch' }),
    ])
    // Nodes keep no old states for long, so we read the latest one and begin again if a block came in between.
    if ((await reader.getBlockNumber({ cacheTime: 0 })) !== block) continue
    return {
      block: Number(block),
      supplyWei: supply,
      feeEscrowWei: fees,
      rewardVaultWei: rewards,
      payeeEscrowWei: payees,
      poolsWei: pools,
      treasuryWei: taken,
      vaultReceivedWei: received,
      vaultClaimedWei: claimed,
      lastClosedEpoch: Number(closed),
      lastFinalEpoch: Number(final),
    }
  }
}
