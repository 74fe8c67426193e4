import { firstEngine } from '../attribution/index.ts'
import type { Genesis } from '../chain/index.ts'
import { digestOf, type RevenueRule } from '../kernel/index.ts'

/** What governs a new deployment: this rule, and the attribution engine of this version. */
export function genesisOf(rule: RevenueRule): Genesis {
  const { treasuryPpm, serverPpm, modelOwnerPpm, contributorsPpm } = rule
  return {
    rule: digestOf(rule),
    treasuryPpm,
    serverPpm,
    modelOwnerPpm,
    contributorsPpm,
    engine: firstEngine.digest,
  }
}
