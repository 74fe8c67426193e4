import { once } from 'node:events'
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { readContract, type Exchange } from './contract.ts'

/** A fault in place of what the engine would say. True: it has dealt with the call. */
export type Fault = (
  call: { path: string; body: Record<string, unknown>; count: number },
  response: ServerResponse,
) => boolean | Promise<boolean>

export type ContractServer = {
  url: string
  /** Adapters that it holds, with the folder of each. */
  loaded: Map<string, string>
  /** Paths of the calls so far. */
  calls: string[]
  /** Connections that their client closed before the answer was whole. */
  hungUp: () => number
  setFault: (fault: Fault | undefined) => void
  close: () => Promise<void>
}

/**
 * An HTTP server that says what a real vLLM said (vllm.json): the recorded bodies, with the names of adapters and folders
 * of the call in place of the recorded ones. Holds no model: it tests what we send and how we read, not an engine.
 * A call whose fields are not the recorded ones is answered 418, so that the contract is held from both sides.
 */
export async function contractServer(): Promise<ContractServer> {
  const { adapter, exchanges } = readContract()
  const loaded = new Map<string, string>()
  const calls: string[] = []
  let fault: Fault | undefined
  let hungUp = 0
  const recorded = (name: string): Exchange => {
    const exchange = exchanges[name]
    if (!exchange) throw new Error(`the contract has no exchange ${name}`)
    return exchange
  }

  async function answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const path = request.url ?? ''
    const body = await bodyOf(request)
    calls.push(path)
    response.on('close', () => void (response.writableFinished || hungUp++))
    const count = calls.filter((call) => call === path).length
    if (await fault?.({ path, body, count }, response)) return
    const name = (body['lora_name'] ?? body['model'] ?? adapter) as string
    const say = ({ request: asked, response: said }: Exchange, from = adapter) => {
      const sameFields = Object.keys(asked.body ?? {}).join() === Object.keys(body).join()
      response.writeHead(sameFields ? said.status : 418, { 'content-type': said.contentType ?? 'text/plain' })
      response.end(said.body.replaceAll(from, name))
    }
    if (path === '/version') return say(recorded('version'))
    if (path === '/v1/models') return say(withCards(recorded('models after'), loaded))
    if (path === '/v1/load_lora_adapter') {
      if (loaded.has(name)) return say(recorded('load again'))
      loaded.set(name, body['lora_path'] as string)
      return say(recorded('load'))
    }
    if (path === '/v1/unload_lora_adapter') return say(recorded(loaded.delete(name) ? 'unload' : 'unload again'))
    if (!loaded.has(name)) return say(recorded('not loaded'))
    if (body['stop']) return say(recorded('to a stop string'), 'smollm2')
    if (body['logprobs']) return say(recorded('log-probabilities'))
    if (body['response_format']) return say(recorded('by a schema'))
    return body['max_tokens'] === 100 ? say(recorded('to its end'), 'smollm2') : say(recorded('to the last token'))
  }

  const server = createServer((request, response) => void answer(request, response))
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    loaded,
    calls,
    hungUp: () => hungUp,
    setFault: (wanted) => void (fault = wanted),
    close: async () => {
      server.closeAllConnections()
      server.close()
      await once(server, 'close')
    },
  }
}

/** The recorded list: the base's card as it is, the adapter's card once for each that is loaded. */
function withCards(exchange: Exchange, loaded: ReadonlyMap<string, string>): Exchange {
  const { data, ...list } = JSON.parse(exchange.response.body) as { data: { parent: string | null }[] }
  const base = data.filter(({ parent }) => parent === null)
  const card = data.find(({ parent }) => parent !== null)
  const cards = [...loaded].map(([id, root]) => ({ ...card, id, root }))
  return {
    ...exchange,
    response: { ...exchange.response, body: JSON.stringify({ ...list, data: [...base, ...cards] }) },
  }
}

async function bodyOf(request: IncomingMessage): Promise<Record<string, unknown>> {
  let text = ''
  for await (const bytes of request) text += String(bytes)
  return text === '' ? {} : (JSON.parse(text) as Record<string, unknown>)
}
