import { getAnswer } from '../store/index.ts'
import { readCanonicalRequest } from './canonicalRequest.ts'
import { run as decide } from './decide.run.ts'
import { uselessBecause } from './deciding/judgeText.ts'
import type { judgeAnswer } from './judgeAnswer.ts'
import type { Run } from './runTool.ts'

/** An answer that the policy knows to be useless is not asked about: a model could not make it useful. */
export const run: Run<typeof judgeAnswer> = async ({ receipt }, ctx) => {
  const { requestText, answerText: answer } = await getAnswer(ctx.store, { receipt })
  const question = requestText === null ? '' : (readCanonicalRequest(requestText).messages.at(-1)?.content ?? '')
  const why = uselessBecause(question, answer)
  const useful = { option: 'useful', what: 'it answers the question' }
  const useless = { option: 'useless', what: 'it is wrong, off the point or no answer' }
  const made = await decide(
    {
      question: 'Is this answer of use to whoever asked?',
      about: { question, answer },
      options: why === undefined ? [useful, useless] : [useless],
      policy: {
        id: 'buyer/readable-answer/1',
        option: why === undefined ? 'useful' : 'useless',
        why: why ?? 'it can be read, and says something that the question does not',
      },
    },
    ctx,
  )
  return { ...made, option: made.option === 'useful' ? 'useful' : 'useless' }
}
