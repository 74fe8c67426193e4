import { TributaryError } from '../../kernel/index.ts'
import { retrainPayee } from '../../tools/definitions.ts'
import { callReached } from '../callServer.ts'
import { reachServer } from '../reachServer.ts'
import { retrainingWords } from './retrainingWords.ts'

/**
 * Leaves a payee out for real, a block of steps a call, with a line of progress for each on standard error; then says what came
 * of it. Exit code 2 where the group's adapter is not the committed one. A command that was stopped goes on where it was.
 */
export async function auditByRetraining(
  { receipt, payee, isJson }: { receipt: string; payee: string | undefined; isJson: boolean },
  print: (line: string) => void,
): Promise<void> {
  if (payee === undefined) {
    throw new TributaryError('Retraining leaves one payee out, so it must know whom.', {
      code: 'cli/no-payee',
      tryThis: 'tributary audit --retrain <receipt> <payee>; who was paid: tributary tools trace-answer',
    })
  }
  const tell = isJson ? () => undefined : (line: string) => process.stderr.write(`${line}\n`)
  const server = await reachServer(isJson ? () => undefined : undefined)
  const startMs = Date.now()
  let first: number | undefined
  try {
    for (;;) {
      const found = await callReached(server, retrainPayee, { receipt, payee })
      if (found.report !== null) {
        if (!found.report.same) process.exitCode = 2
        return print(isJson ? JSON.stringify(found) : retrainingWords(payee, found.report).join('\n'))
      }
      const secondsAStep = (Date.now() - startMs) / 1000 / Math.max(1, found.done - (first ?? 0))
      first ??= found.done
      tell(
        `trained ${found.done} of ${found.of} steps, about ${Math.ceil((found.of - found.done) * secondsAStep)} s left`,
      )
    }
  } finally {
    await server.close()
  }
}
