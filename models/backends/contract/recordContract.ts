/**
 * Records vllm.json anew, from an engine that runs: for whoever has one.
 *
 *   node models/backends/contract/recordContract.ts <base folder> <engine's own command line, for the record>
 *
 * with SERVE_* as docs/serving.md has it. Folders are named /base and /adapters in what is written.
 */
import { writeFileSync } from 'node:fs'
import { posix } from 'node:path'
import { TributaryError, type Digest } from '../../../kernel/index.ts'
import { initialAdapter } from '../../adapters/Adapter.ts'
import { encodePeft, peftDigest } from '../../adapters/encodePeft.ts'
import type { AnswerRequest } from '../../engine/AnswerEngine.ts'
import { defaultLayout } from '../../engine/createEngine.ts'
import { openBase } from '../../load/openBase.ts'
import { completionRequest } from '../completionRequest.ts'
import { serveConfig } from '../serveConfig.ts'
import { shelveAdapter } from '../shelveAdapter.ts'
import { contractFile, type Contract, type Exchange } from './contract.ts'

const [baseDir, how] = process.argv.slice(2)
const config = serveConfig()
if (baseDir === undefined || how === undefined || config === undefined) {
  throw new TributaryError('What to record is not said.', {
    code: 'models/serve-config',
    tryThis: 'see the top of this file',
  })
}
const base = await openBase(baseDir)
const adapter = initialAdapter(defaultLayout(base), 1)
for (let i = 0; i < adapter.theta.length; i++) adapter.theta[i] = Math.sin(i * 12.9898 + 1) * 0.05
const files = encodePeft(adapter, { baseName: base.name })
const name: Digest = peftDigest(files)
await shelveAdapter(config.adapterDir, name, files)
const path = posix.join(config.adapterDirThere, name)
const question = [{ role: 'user', content: 'Name three rivers of Europe.' }]
const promptIds = base.tokenizer.encodeChat(question, { addGenerationPrompt: true })
const complete = (model: string, maxTokens: number, more: Partial<AnswerRequest> = {}) => ({
  ...completionRequest({ adapter: model as Digest, promptIds, maxTokens, seed: 1, ...more }),
})

const rootOfBase = await rootOf()
const exchanges: Contract['exchanges'] = {}
await record('version', 'GET', '/version')
await record('models before', 'GET', '/v1/models')
await record('not loaded', 'POST', '/v1/completions', complete(name, 6))
await record('load', 'POST', '/v1/load_lora_adapter', { lora_name: name, lora_path: path })
await record('load again', 'POST', '/v1/load_lora_adapter', { lora_name: name, lora_path: path })
await record('load from nowhere', 'POST', '/v1/load_lora_adapter', { lora_name: 'other', lora_path: '/nowhere' })
await record('models after', 'GET', '/v1/models')
await record('to the last token', 'POST', '/v1/completions', complete(name, 6))
await record('to its end', 'POST', '/v1/completions', complete(config.base, 100))
await record('to a stop string', 'POST', '/v1/completions', complete(config.base, 60, { stop: ['1.'] }))
await record('log-probabilities', 'POST', '/v1/completions', complete(name, 3, { topLogprobs: 2 }))
const schema = JSON.stringify({ type: 'object', properties: { rivers: { type: 'integer' } }, required: ['rivers'] })
await record('by a schema', 'POST', '/v1/completions', complete(name, 40, { schema }))
await record('too long', 'POST', '/v1/completions', complete(name, 100_000))
await record('unload', 'POST', '/v1/unload_lora_adapter', { lora_name: name })
await record('unload again', 'POST', '/v1/unload_lora_adapter', { lora_name: name })

const version = (JSON.parse(exchanges['version']?.response.body ?? '{}') as { version?: string }).version ?? 'unknown'
const contract: Contract = {
  engine: `vllm ${version}`,
  recordedAt: new Date().toISOString().slice(0, 10),
  how: nameless(how),
  adapter: name,
  promptIds,
  exchanges,
}
writeFileSync(contractFile, `${JSON.stringify(contract, null, 2)}\n`)

async function record(what: string, method: 'GET' | 'POST', path: string, body?: object): Promise<void> {
  const response = await fetch(`${config?.url}${path}`, {
    method,
    ...(body === undefined ? {} : { body: JSON.stringify(body), headers: { 'content-type': 'application/json' } }),
  })
  const contentType = response.headers.get('content-type')
  const exchange: Exchange = {
    request: { method, path, ...(body === undefined ? {} : { body: { ...body } }) },
    response: {
      status: response.status,
      ...(contentType === null ? {} : { contentType }),
      body: await response.text(),
    },
  }
  exchanges[what] = JSON.parse(nameless(JSON.stringify(exchange))) as Exchange
}

async function rootOf(): Promise<string> {
  const { data } = (await (await fetch(`${config?.url}/v1/models`)).json()) as { data: { id: string; root: string }[] }
  return data.find(({ id }) => id === config?.base)?.root ?? '/base'
}

function nameless(text: string): string {
  return text.replaceAll(config?.adapterDirThere ?? '/adapters', '/adapters').replaceAll(rootOfBase, '/base')
}
