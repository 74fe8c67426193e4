export { queuedAnswers, type QueuedAnswersOptions } from './queuedAnswers.ts'
export { startAnswerWorkers, type AnswerWorkersOptions } from './startAnswerWorkers.ts'
export { answerSettings } from './answerSettings.ts'
