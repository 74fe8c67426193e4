import { auditor } from './auditor.ts'
import { buyer } from './buyer.ts'
import { curator } from './curator.ts'
import { trainer } from './trainer.ts'
import { treasurer } from './treasurer.ts'

/** What each agent takes and gives, by the name of its workflow: recipes and faces know agents by these alone. */
export const agents = { auditor, buyer, curator, trainer, treasurer } as const
export { auditorInput } from './auditor.ts'
export { buyerInput } from './buyer.ts'
export { curatorInput } from './curator.ts'
export type { AgentDecision } from './decision.ts'
export { trainerInput } from './trainer.ts'
export { treasurerInput } from './treasurer.ts'
