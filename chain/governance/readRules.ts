import type { Digest } from '../../kernel/index.ts'
import { ruleRegistry } from '../abis/ruleRegistry.ts'
import type { Chain } from '../client/openChain.ts'

/** In the order of IRuleRegistry's enum. */
export const governedKinds = ['revenue-rule', 'engine'] as const
export type GovernedKind = (typeof governedKinds)[number]

export type Adoption = {
  digest: Digest
  /** Of the back-test, or the evidence, that was put before the voters; zero at genesis. */
  report: Digest
  /** Seconds since 1970. */
  adoptedAt: number
  /** Of a revenue rule; all 0 of an engine. */
  parts: { treasuryPpm: number; serverPpm: number; modelOwnerPpm: number; contributorsPpm: number }
}

type Reads = Pick<Chain, 'reader' | 'contracts'>

const registryOf = ({ contracts }: Reads) => ({ address: contracts.ruleRegistry, abi: ruleRegistry.abi })

/** Digest of the document in force. */
export async function readCurrent(chain: Reads, kind: GovernedKind): Promise<Digest> {
  const args = [governedKinds.indexOf(kind)] as const
  return (await chain.reader.readContract({ ...registryOf(chain), functionName: 'current', args })) as Digest
}

/** All adoptions of a kind, oldest first: the last is in force. Cost: one call each. */
export async function readAdoptions(chain: Reads, kind: GovernedKind): Promise<Adoption[]> {
  const at = governedKinds.indexOf(kind)
  const registry = registryOf(chain)
  const count = await chain.reader.readContract({ ...registry, functionName: 'count', args: [at] })
  const read = (i: number) =>
    chain.reader.readContract({ ...registry, functionName: 'adoption', args: [at, BigInt(i)] })
  const found = await Promise.all(Array.from({ length: Number(count) }, (_, i) => read(i)))
  return found.map(({ digest, report, parts, adoptedAt }) => {
    return { digest: digest as Digest, report: report as Digest, parts, adoptedAt: Number(adoptedAt) }
  })
}
