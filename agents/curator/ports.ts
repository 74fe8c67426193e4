/**
 * The tools that the curator calls, as activities of these names. Sample texts never pass through the workflow: the
 * tools read samples and write decisions in the store, and hand back counts, ids and digests.
 */
export {
  checkSamples,
  findDuplicates,
  judgeDoubts,
  planCuration,
  recordDecisions,
  uncertainSample,
  type UncertainSample,
} from '../../tools/definitions.ts'
