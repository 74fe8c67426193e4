// Everything that Temporal's sandbox runs: one export a workflow, by the name under which it is started.
export { curator } from '../agents/curator/index.ts'
export { buyer } from '../agents/buyer/index.ts'
export { attribute } from './attribute.ts'
export { fineTune, trainingLosses } from './fineTune.ts'
export { settle } from './settle.ts'
export { tour, tourPhase } from './tour.ts'
export { unroll, unrollProgress } from './unroll.ts'
export { answer } from './answer.ts'
