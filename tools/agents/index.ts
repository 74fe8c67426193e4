import { buyer } from './buyer.ts'
import { curator } from './curator.ts'

/** What each agent takes and gives, by the name of its workflow: recipes and faces know agents by these alone. */
export const agents = { buyer, curator } as const
export { buyerInput } from './buyer.ts'
export { curatorInput } from './curator.ts'
