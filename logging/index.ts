export { createLogger, type Logger } from './createLogger.ts'
export { errorFacts } from './errorFacts.ts'
export { withoutSecrets } from './withoutSecrets.ts'
