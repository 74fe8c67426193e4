// For tools that nodes call as activities. No native code: import it wherever a tool lives.
export { emit } from './emit.ts'
export { interrupt } from './interrupt.ts'
export { requireApproval } from './requireApproval.ts'
