// Agents: LangGraph graphs that see the world only through tools. Sandbox code: export them from the workflows' file.
export { auditor, type AuditorResult } from './auditor/index.ts'
export { buyer, type BuyerResult } from './buyer/index.ts'
export { curator, type CuratorResult } from './curator/index.ts'
export { trainer, type TrainerResult } from './trainer/index.ts'
export { treasurer, type TreasurerResult } from './treasurer/index.ts'
