export { trainer, type TrainerResult } from './trainer.ts'
export { askPublish, askWhich, fitting, planOf, type Plan } from './choices.ts'
