import { once } from 'node:events'
import { createServer, type IncomingMessage } from 'node:http'
import type { AddressInfo } from 'node:net'
import { setTimeout as sleep } from 'node:timers/promises'

/** `dropBefore`: the node never hears of it. `dropAfter`: it does what was asked, and the answer is lost. */
export type Fault = 'dropBefore' | 'dropAfter' | 'late' | 429 | 503
export type FaultyNode = { url: string; calls: () => number; faults: () => number; close: () => void }

/** A node that is reached badly: hands calls on to a real one, and does to the n-th call what `fault` says. For tests. */
export async function openFaultyNode(
  nodeUrl: string,
  fault: (n: number, method: string) => Fault | undefined,
): Promise<FaultyNode> {
  let [calls, faults] = [0, 0]
  const answer = async (request: IncomingMessage): Promise<{ status: number; body: string } | 'drop'> => {
    const body = Buffer.concat(await request.toArray()).toString()
    const { method } = JSON.parse(body) as { method: string }
    const wrong = fault(calls++, method)
    if (wrong !== undefined) faults++
    if (wrong === 'dropBefore') return 'drop'
    if (typeof wrong === 'number') return { status: wrong, body: '"not now"' }
    if (wrong === 'late') await sleep(400)
    const response = await fetch(nodeUrl, { method: 'POST', headers: { 'content-type': 'application/json' }, body })
    const text = await response.text()
    return wrong === 'dropAfter' ? 'drop' : { status: response.status, body: text }
  }
  const server = createServer((request, response) => {
    void answer(request)
      .catch(() => 'drop' as const)
      .then((said) => {
        if (said === 'drop') return request.socket.destroy()
        return response.writeHead(said.status, { 'content-type': 'application/json' }).end(said.body)
      })
  }).listen(0, '127.0.0.1')
  await once(server, 'listening')
  const { port } = server.address() as AddressInfo
  const close = () => {
    server.close()
    server.closeAllConnections()
  }
  return { url: `http://127.0.0.1:${port}`, calls: () => calls, faults: () => faults, close }
}
