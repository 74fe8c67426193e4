import { decide } from '../decide.ts'
import { fileFinding } from '../fileFinding.ts'
import { judgeAnswer } from '../judgeAnswer.ts'
import { judgeDoubts } from '../judgeDoubts.ts'
import { listFindings } from '../listFindings.ts'

/** Tools that agents decide and file by, besides all others. */
export const agentTools = {
  decide,
  file_finding: fileFinding,
  judge_answer: judgeAnswer,
  judge_doubts: judgeDoubts,
  list_findings: listFindings,
}
export { decide, fileFinding, judgeAnswer, judgeDoubts, listFindings }
