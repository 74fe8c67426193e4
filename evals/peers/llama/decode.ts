/**
 * node-llama-cpp on the CPU, one thread: CPU seconds of greedy decoding after the first token. A peer (Peer.ts).
 *
 *   node evals/peers/llama/decode.ts FOLDER_OF_NODE_LLAMA_CPP GGUF; a request is {"prompt": [ids], "tokens": n}
 */
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { pathToFileURL } from 'node:url'

type Sequence = {
  clearHistory: () => Promise<void>
  evaluate: (tokens: number[], options: { temperature: number }) => AsyncGenerator<number>
}
type Llama = {
  loadModel: (options: { modelPath: string }) => Promise<{
    createContext: (options: Record<string, number>) => Promise<{ getSequence: () => Sequence }>
  }>
}
type Package = { getLlama: (options: Record<string, unknown>) => Promise<Llama> }

const [folder = '', modelPath = ''] = process.argv.slice(2)
const root = join(folder, 'node_modules', 'node-llama-cpp')
const { getLlama } = (await import(pathToFileURL(join(root, 'dist', 'index.js')).href)) as Package
const llama = await getLlama({ build: 'never', gpu: false, maxThreads: 1, progressLogs: false, logLevel: 'warn' })
const model = await llama.loadModel({ modelPath })
const context = await model.createContext({ contextSize: 512, threads: 1, sequences: 1 })
const sequence = context.getSequence()

const { version } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')) as { version: string }
process.stdout.write(`${JSON.stringify({ 'node-llama-cpp': version })}\n`)
for await (const line of createInterface({ input: process.stdin })) {
  const { prompt, tokens } = JSON.parse(line) as { prompt: number[]; tokens: number }
  process.stdout.write(`${JSON.stringify(await measure(prompt, tokens))}\n`)
}
process.exit(0)

async function measure(
  prompt: number[],
  tokens: number,
): Promise<{ ids: number[]; tokens: number; cpuSeconds: number }> {
  await sequence.clearHistory()
  const ids: number[] = []
  let before = process.cpuUsage()
  for await (const id of sequence.evaluate(prompt, { temperature: 0 })) {
    ids.push(id)
    // The first token ends the prompt: what it cost is not decoding.
    if (ids.length === 1) before = process.cpuUsage()
    if (ids.length === tokens) break
  }
  const { user, system } = process.cpuUsage(before)
  return { ids, tokens: ids.length - 1, cpuSeconds: (user + system) / 1e6 }
}
