export { auditor, type AuditorResult } from './auditor.ts'
