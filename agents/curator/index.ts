export { curator, type CuratorResult } from './curator.ts'
export {
  checkSamples,
  findDuplicates,
  judgeDoubts,
  planCuration,
  recordDecisions,
  uncertainSample,
  type UncertainSample,
} from './ports.ts'
export { reviewAnswer, type ReviewAnswer } from './review.ts'
export { summarise, type Batch, type CurationSummary } from './summarise.ts'
