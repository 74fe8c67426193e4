/**
 * A chain's node as it is to those who use it: blocks come by themselves, what it once showed is there after SIGKILL,
 * and what only waited in its mempool is not. Anvil does the chain; this process stands before it, and lets nobody see
 * a block that is not on disk, by the state file and the writer of the product.
 *
 *   node chainNode.ts <port> <port of anvil> <state file>
 */
import { spawn } from 'node:child_process'
import { createServer } from 'node:http'
import { createPublicClient, http } from 'viem'
import { anvilCommand, untilChainAnswers } from '../../../chain/index.ts'
import { saveAnvilState } from '../../../chain/anvil/saveAnvilState.ts'

const blockMs = 150
const [port, innerPort] = process.argv.slice(2, 4).map(Number) as [number, number]
const stateFile = process.argv[4] as string
const inner = `http://127.0.0.1:${innerPort}`

const { command, args } = anvilCommand({ port: innerPort, stateFile })
const anvil = spawn(command, [...args, '--no-mining'], { stdio: 'ignore' })
for (const signal of ['SIGTERM', 'SIGINT'] as const) process.on(signal, () => anvil.kill('SIGKILL'))
anvil.once('exit', () => process.exit(1))
await untilChainAnswers(inner)
const client = createPublicClient({ transport: http(inner) })

const reading = new Set<Promise<unknown>>()
let writing: Promise<unknown> | undefined
let due: NodeJS.Timeout | undefined

/** Alone with the chain, until what was changed is on disk. */
function alone<T>(change: () => Promise<T>): Promise<T> {
  const turn = (writing ?? Promise.resolve()).then(async () => {
    await Promise.allSettled(reading)
    const result = await change()
    await saveAnvilState(client, stateFile)
    return result
  })
  const settled: Promise<unknown> = turn
    .catch(() => undefined)
    .then(() => (writing === settled ? (writing = undefined) : undefined))
  writing = settled
  return turn
}

/** Nobody reads while the chain changes: what they saw might be lost again. */
async function untilWritten(): Promise<void> {
  for (let before = writing; before; before = writing) await before
}

async function forward(body: string): Promise<string> {
  const response = await fetch(inner, { method: 'POST', headers: { 'content-type': 'application/json' }, body })
  return response.text()
}

async function answer(body: string): Promise<string> {
  const { method } = JSON.parse(body) as { method: string }
  if (/^(evm|anvil)_/.test(method)) return alone(() => forward(body))
  await untilWritten()
  const call = forward(body)
  reading.add(call)
  void call.catch(() => undefined).then(() => reading.delete(call))
  const said = await call
  if (method === 'eth_sendRawTransaction') due ??= setTimeout(() => void mine(), blockMs)
  return said
}

async function mine(): Promise<void> {
  due = undefined
  await alone(() => forward('{"jsonrpc":"2.0","id":1,"method":"evm_mine","params":[]}'))
}

createServer((request, response) => {
  const parts: Buffer[] = []
  request.on('data', (part: Buffer) => parts.push(part))
  request.on('end', () => {
    answer(Buffer.concat(parts).toString('utf8')).then(
      (said) => response.writeHead(200, { 'content-type': 'application/json' }).end(said),
      () => response.destroy(),
    )
  })
}).listen(port, '127.0.0.1')
