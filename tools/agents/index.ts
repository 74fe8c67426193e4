import { auditorContract } from './auditor.ts'
import { buyerContract } from './buyer.ts'
import { curatorContract } from './curator.ts'
import { trainerContract } from './trainer.ts'
import { treasurerContract } from './treasurer.ts'

/**
 * What each agent takes and gives, by the name of its workflow: recipes and faces know agents by these alone. (A contract must not have
 * the name of the workflow's function: bundled beside each other, one of them would be renamed, and with it the workflow's type.)
 */
export const agents = {
  auditor: auditorContract,
  buyer: buyerContract,
  curator: curatorContract,
  trainer: trainerContract,
  treasurer: treasurerContract,
} as const
export { auditorInput } from './auditor.ts'
export { buyerInput } from './buyer.ts'
export { curatorInput } from './curator.ts'
export type { AgentDecision } from './decision.ts'
export { trainerInput } from './trainer.ts'
export { treasurerInput } from './treasurer.ts'
