import { createServer } from 'node:http'
import { once } from 'node:events'
import type { AddressInfo } from 'node:net'
import { json } from 'node:stream/consumers'
import { digestOf, findError } from '../../../kernel/index.ts'
import { effectOnce, type Store } from '../../../store/index.ts'

/** The world outside of the workers: does each effect once by its key, in the real effect store, and counts what it did. */
export async function effectServer(store: Store) {
  const done: string[] = []
  const server = createServer((request, response) => {
    const answer = async () => {
      const { workflow, step, what, salt } = (await json(request)) as Record<
        'workflow' | 'step' | 'what' | 'salt',
        string
      >
      const inputDigest = digestOf({ what })
      const key = `${workflow}/${step}/${inputDigest}${salt}`
      return effectOnce(store, { key, tool: 'effect', inputDigest, waitMs: 2_000 }, async () => {
        done.push(`${workflow} ${step} ${what}`)
        return { what }
      })
    }
    answer().then(
      (result) => response.end(JSON.stringify(result)),
      (failure: unknown) => response.writeHead(500).end(String(findError(failure)?.code ?? failure)),
    )
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/`,
    /** What was really done for a workflow, in order of its steps. */
    doneFor: (workflow: string) =>
      done.flatMap((line) => (line.startsWith(`${workflow} `) ? [line.slice(workflow.length + 1)] : [])).toSorted(),
    close: () => new Promise<void>((resolve) => server.close(() => resolve())),
  }
}
