import { answerReview } from '../answerReview.ts'
import { decide } from '../decide.ts'
import { fileFinding } from '../fileFinding.ts'
import { judgeAnswer } from '../judgeAnswer.ts'
import { judgeDoubts } from '../judgeDoubts.ts'
import { listDecisions } from '../listDecisions.ts'
import { listFindings } from '../listFindings.ts'
import { listReviews } from '../listReviews.ts'

/** Tools that agents decide and file by, and that people answer them by, besides all others. */
export const agentTools = {
  answer_review: answerReview,
  decide,
  file_finding: fileFinding,
  judge_answer: judgeAnswer,
  judge_doubts: judgeDoubts,
  list_decisions: listDecisions,
  list_findings: listFindings,
  list_reviews: listReviews,
}
export { answerReview, decide, fileFinding, judgeAnswer, judgeDoubts, listDecisions, listFindings, listReviews }
export { reviewVerdict } from '../answerReview.ts'
export type { Review } from '../listReviews.ts'
