export { queuedAnswers, type QueuedAnswersOptions } from './queuedAnswers.ts'
export { startAnswerWorkers, type AnswerWorkersOptions } from './startAnswerWorkers.ts'
export { activityPlaces } from './activityPlaces.ts'
export { answerSettings } from './answerSettings.ts'
