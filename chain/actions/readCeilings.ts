import { ruleRegistry } from '../abis/ruleRegistry.ts'
import type { Chain } from '../client/openChain.ts'

/** The most that the contracts let a rule, and an epoch, give to the treasury and to server and model owner, in ppm. */
export async function readCeilings({
  reader,
  contracts,
}: Pick<Chain, 'reader' | 'contracts'>): Promise<{ treasuryPpm: number; operatorsPpm: number }> {
  const rules = { address: contracts.ruleRegistry, abi: ruleRegistry.abi }
  const [treasury, operators] = await Promise.all([
    reader.readContract({ ...rules, functionName: 'maxTreasuryPpm' }),
    reader.readContract({ ...rules, functionName: 'maxOperatorPpm' }),
  ])
  return { treasuryPpm: Number(treasury), operatorsPpm: Number(operators) }
}
