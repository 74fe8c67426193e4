// Agents: LangGraph graphs that see the world only through tools. Sandbox code: export them from the workflows' file.
export { buyer, type BuyerResult } from './buyer/index.ts'
export { curator, type CuratorResult } from './curator/index.ts'
