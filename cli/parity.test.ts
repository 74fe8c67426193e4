import { Client } from '@modelcontextprotocol/sdk/client/index.js'
import { StdioClientTransport } from '@modelcontextprotocol/sdk/client/stdio.js'
import { StreamableHTTPClientTransport } from '@modelcontextprotocol/sdk/client/streamableHttp.js'
import { InMemoryTransport } from '@modelcontextprotocol/sdk/inMemory.js'
import { MockActivityEnvironment } from '@temporalio/testing'
import { DefaultLogger } from '@temporalio/worker'
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { Command } from 'commander'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { signContribution } from '../datanets/index.ts'
import { makeSample, nobody, noCommitment } from '../datanets/index.ts'
import { openTestGateway, type TestGateway } from '../gateway/testing/openTestGateway.ts'
import { findError, payeeIdString, TributaryError, type Address } from '../kernel/index.ts'
import { listAdapters, listSamples } from '../store/index.ts'
import { boundTools } from '../tools/boundTools.ts'
import { definitions } from '../tools/definitions.ts'
import {
  langchainTools,
  mcpServer,
  runTool,
  toolActivities,
  toolCommands,
  toWire,
  version,
  type ActivityTrace,
  type BoundTool,
  type ToolContext,
} from '../tools/index.ts'
import { openTestContext, type TestContext } from '../tools/testing/openTestContext.ts'
import { tinyDatanet, trainTinyModel } from '../tools/testing/trainTinyModel.ts'
import { callServer } from './callServer.ts'

type Input = Record<string, unknown>
/** A call through one face: the bytes of its output, or of its coded error. */
type Face = (tool: string, input: Input, effectKey?: string) => Promise<string>

let edges: TestContext
let gateway: TestGateway
let faces: Record<string, Face>
const closers: (() => Promise<void>)[] = []
const traces: ActivityTrace[] = []
const known: { receipt: string; run: string; datanetRoot: string; from: string; sample: string } = {
  receipt: '',
  run: '',
  datanetRoot: '',
  from: '',
  sample: '',
}
const homeBefore = process.env['TRIBUTARY_HOME']

beforeAll(async () => {
  edges = await openTestContext()
  const { workflows } = edges
  // Closing an epoch can't be done twice alike: here its workflow is refused once the fixture has closed the first.
  let isClosed = false
  const start: typeof workflows.start = async (workflow, id, args) => {
    if (workflow === 'settle' && isClosed)
      throw new TributaryError('not now', { code: 'workflows/temporal', retry: true })
    return workflows.start(workflow, id, args)
  }
  const ctx: ToolContext = { ...edges.ctx, workflows: { ...workflows, start } }
  gateway = await openTestGateway(ctx, boundTools)
  edges.setGatewayUrl(gateway.url)
  writeFileSync(join(ctx.home.keys, 'operator-token'), gateway.operatorToken, { mode: 0o600 })
  process.env['TRIBUTARY_HOME'] = ctx.home.dir

  const { datanetRoot } = await trainTinyModel(ctx)
  const call = (name: string, input: Input, effectKey: string) =>
    runTool(toolNamed(name), input, { ...ctx, call: { face: 'test', effectKey } })
  const question = { model: tinyDatanet, messages: [{ role: 'user', content: 'Which river floods?' }], max_tokens: 8 }
  const { receipt } = await call('ask', question, 'fixture/ask')
  await call('close_epoch', {}, 'fixture/close')
  isClosed = true
  const [adapter] = await listAdapters(ctx.store, {})
  const [sample] = await listSamples(ctx.store, { datanet: tinyDatanet })
  Object.assign(known, { receipt, run: adapter?.run, datanetRoot, sample: sample?.id })
  known.from = join(ctx.home.dir, `${tinyDatanet}.jsonl`)
  faces = await openFaces(ctx)
})
afterAll(async () => {
  for (const close of closers.toReversed()) await close()
  await gateway.close()
  await edges.close()
  if (homeBefore === undefined) delete process.env['TRIBUTARY_HOME']
  else process.env['TRIBUTARY_HOME'] = homeBefore
})

function toolNamed(name: string): BoundTool {
  return boundTools.find(({ definition }) => definition.name === name) as BoundTool
}

async function openFaces(ctx: ToolContext): Promise<Record<string, Face>> {
  const inMemory = new Client({ name: 'test', version })
  const [here, there] = InMemoryTransport.createLinkedPair()
  const direct = mcpServer(
    Object.values(definitions),
    ({ name }, input, effectKey) =>
      runTool(toolNamed(name), input, {
        ...ctx,
        call: { face: 'mcp', ...(effectKey === undefined ? {} : { effectKey: `memory/${effectKey}` }) },
      }),
    version,
  )
  await direct.connect(there)
  await inMemory.connect(here)
  const authorization = `Bearer ${gateway.operatorToken}`
  const overHttp = new Client({ name: 'test', version })
  const url = new URL(`${gateway.url}/mcp`)
  await overHttp.connect(
    new StreamableHTTPClientTransport(url, { requestInit: { headers: { authorization } } }) as never,
  )
  const overStdio = new Client({ name: 'test', version })
  const main = fileURLToPath(new URL('main.ts', import.meta.url))
  await overStdio.connect(
    new StdioClientTransport({
      command: process.execPath,
      args: [main, 'mcp'],
      env: { ...(process.env as Record<string, string>), TRIBUTARY_HOME: ctx.home.dir },
      stderr: 'ignore',
    }),
  )
  for (const client of [inMemory, overHttp, overStdio]) closers.push(() => client.close())
  return {
    langchain: async (tool, input, effectKey) => {
      const [made] = langchainTools([toolNamed(tool)], ctx, () => effectKey && `langchain/${effectKey}`)
      return (await made?.invoke(input)) as string
    },
    'mcp in memory': throughMcp(inMemory),
    'mcp over http': throughMcp(overHttp),
    'mcp over stdio': throughMcp(overStdio),
    http: async (tool, input, effectKey) => {
      const headers = { authorization, ...(effectKey === undefined ? {} : { 'effect-key': effectKey }) }
      const response = await fetch(`${gateway.url}/tools/${tool}`, {
        method: 'POST',
        headers,
        body: JSON.stringify(input),
      })
      return sortedJson(await response.text())
    },
    cli: throughCli,
    activity: async (tool, input, effectKey) => {
      const environment = new MockActivityEnvironment(undefined, { logger: new DefaultLogger('ERROR') })
      const trace = async (entry: ActivityTrace) => void traces.push(entry)
      const activities = toolActivities([toolNamed(tool)], ctx, { progress: () => undefined, trace })
      const activity = activities[tool] as (input: unknown, step?: string) => Promise<unknown>
      return coded(async () => toWire(await environment.run(activity, input, effectKey)))
    },
  }
}

function throughMcp(client: Client): Face {
  return async (tool, input, effectKey) => {
    const meta = effectKey === undefined ? {} : { _meta: { effectKey } }
    const result = await client.callTool({ name: tool, arguments: input, ...meta })
    const [{ text }] = result.content as [{ text: string }]
    if (!result.isError) expect(toWire(result.structuredContent)).toBe(text)
    return text
  }
}

async function throughCli(tool: string, input: Input, effectKey?: string): Promise<string> {
  let printed = ''
  const program = new Command().exitOverride()
  for (const command of toolCommands(Object.values(definitions), callServer, (line) => (printed += line))) {
    program.addCommand(command.exitOverride().configureOutput({ writeErr: () => undefined }))
  }
  const key = effectKey === undefined ? [] : ['--effect-key', effectKey]
  return coded(async () => {
    await program.parseAsync([tool.replaceAll('_', '-'), '--input', JSON.stringify(input), ...key], { from: 'user' })
    return printed
  })
}

async function coded(call: () => Promise<string>): Promise<string> {
  try {
    return await call()
  } catch (failure) {
    const error = findError(failure)
    if (!error) throw failure
    return toWire({ error: error.toJSON() })
  }
}

function sortedJson(text: string): string {
  const value = JSON.parse(text) as Input
  return 'error' in value ? toWire(value) : text
}

const nowhere = `0x${'ab'.repeat(32)}`
const question = { model: tinyDatanet, messages: [{ role: 'user', content: 'Which river?' }], max_tokens: 4 }
const decision = () => ({ sample: known.sample, verdict: 'accept', rule: 'person', reason: 'it is good' })
const text = {
  prompt: 'What is a weir?',
  completion: 'A low dam that raises a river a little.',
  licence: 'MIT',
  source: 'a',
}
const stranger = `0x${'34'.repeat(20)}`

/** Every tool with an input, and what must come of it: an output (undefined) or the code of an error. */
const cases: [keyof typeof definitions, () => Input, string?][] = [
  ['import_datanet', () => ({ datanet: tinyDatanet, from: known.from })],
  [
    'contribute',
    () => ({ datanet: 'other', contributor: stranger, samples: [{ ...text, signature: '0x12' }] }),
    'datanets/bad-signature',
  ],
  ['preview_contribution', () => ({ datanet: tinyDatanet, samples: [text] })],
  ['plan_curation', () => ({ datanet: tinyDatanet })],
  ['check_samples', () => ({ datanet: tinyDatanet, curation: 'parity', from: 0, count: 24 })],
  ['find_duplicates', () => ({ datanet: tinyDatanet, curation: 'parity', except: [] })],
  ['record_decisions', () => ({ datanet: tinyDatanet, curation: 'parity by hand', decisions: [decision()] })],
  ['curate', () => ({ datanet: tinyDatanet })],
  ['publish_version', () => ({ datanet: 'nobody-made-it' }), 'tools/not-curated'],
  ['plan_training', () => ({ datanetRoot: known.datanetRoot, alias: tinyDatanet, samples: 16, groups: 2 })],
  ['train_block', () => ({ run: nowhere, from: 0, to: 1 }), 'blobs/not-found'],
  ['finish_training', () => ({ run: known.run })],
  ['register_adapter', () => ({ run: known.run })],
  ['train_adapter', () => ({ datanetRoot: known.datanetRoot, alias: tinyDatanet, samples: 16, groups: 2 })],
  ['list_models', () => ({})],
  ['quote', () => question],
  ['ask', () => ({ ...question, maxFeeWei: '1' }), 'budget/per-payment'],
  ['choose_questions', () => ({ datanetRoot: known.datanetRoot, count: 2, seed: 1 })],
  ['attribute_answer', () => ({ receipt: known.receipt })],
  ['trace_answer', () => ({ receipt: known.receipt, top: 3 })],
  ['explain', () => ({ payee: 'npm:danube', receipt: known.receipt })],
  ['archive_history', () => ({ workflow: 'nobody started it' }), 'workflows/unknown'],
  ['freeze_epoch', () => ({ epoch: 1 })],
  ['split_epoch', () => ({ epoch: 1 })],
  ['post_root', () => ({ epoch: 1 })],
  ['close_epoch', () => ({}), 'workflows/temporal'],
  ['claim', () => ({})],
  ['statement', () => ({ payee: 'npm:danube' })],
  ['draw_audits', () => ({ epoch: 1, count: 1 })],
  ['audit', () => ({ receipt: known.receipt })],
  ['summarise_tour', () => ({ tour: 'x' }), 'tools/input'],
  ['status', () => ({})],
]

test(`the table of this test names all ${boundTools.length} tools`, () => {
  expect(cases.map(([name]) => name).toSorted()).toEqual(Object.keys(definitions).toSorted())
  expect(boundTools.map(({ definition }) => definition.name).toSorted()).toEqual(Object.keys(definitions).toSorted())
  for (const [name, definition] of Object.entries(definitions)) expect(definition.name).toBe(name)
})

describe('through LangChain, MCP (in memory, HTTP, stdio), HTTP, CLI and as an activity', () => {
  test.each(cases)('%s gives the same bytes, and the same again under the same key', async (tool, inputOf, code) => {
    const input = inputOf()
    const outputs = new Map<string, string>()
    const key = definitions[tool].effect === 'read' ? undefined : `parity ${tool}`
    for (const [face, call] of Object.entries(faces)) outputs.set(face, await call(tool, input, key))
    const [[, first] = ['', '']] = outputs

    expect(Object.fromEntries(outputs)).toEqual(Object.fromEntries([...outputs.keys()].map((face) => [face, first])))
    const { error } = JSON.parse(first) as { error?: { code: string } }
    expect(error?.code).toBe(code)
    for (const [face, call] of Object.entries(faces)) expect(await call(tool, input, key)).toBe(outputs.get(face))
  })

  test('an input that the schema refuses is tools/input with the same issues on all seven', async () => {
    const refused = new Set<string>()
    for (const call of Object.values(faces)) refused.add(await call('quote', { model: 7, temperature: 'warm' }))
    expect(refused.size).toBe(1)
    const { error } = JSON.parse([...refused][0] ?? '') as { error: { code: string; facts: { issues: string[] } } }
    expect(error.code).toBe('tools/input')
    expect(error.facts.issues).toHaveLength(3)
  })

  test('a call with an effect and without a key is tools/no-effect-key; an activity always has one', async () => {
    const { activity: _, ...others } = faces
    const effects = cases.filter(([name, , code]) => definitions[name].effect !== 'read' && code !== 'tools/input')
    expect(effects.length).toBeGreaterThanOrEqual(15)
    for (const [tool, inputOf] of effects.slice(0, 3)) {
      for (const [face, call] of Object.entries(others)) {
        const { error } = JSON.parse(await call(tool, inputOf())) as { error?: { code: string } }
        expect([face, error?.code]).toEqual([face, 'tools/no-effect-key'])
      }
    }
  })

  test('contribute puts a sample in once for each key: the second call returns the first result, another input is refused', async () => {
    for (const [i, [face, call]] of Object.entries(faces).entries()) {
      const input = await signedContribution(`What is lock number ${i} of the canal?`)
      const first = await call('contribute', input, `contribute ${face}`)
      expect(Object.keys(JSON.parse(first) as object)).toEqual(['batchRoot', 'samples', 'transaction'])
      expect(await call('contribute', input, `contribute ${face}`)).toBe(first)
      if (face === 'activity') continue // its key holds the digest of its input
      const other = await call('contribute', await signedContribution(`And lock ${i}?`), `contribute ${face}`)
      expect((JSON.parse(other) as { error: { code: string } }).error.code).toBe('store/effect-conflict')
    }
    expect(await listSamples(edges.ctx.store, { datanet: 'locks' })).toHaveLength(Object.keys(faces).length)
  })
})

test('each call of an activity leaves one line with digests, never texts', () => {
  const asked = traces.filter(({ tool }) => tool === 'quote')
  expect(asked.length).toBeGreaterThanOrEqual(2)
  expect(JSON.stringify(traces)).not.toContain('Which river')
  for (const { effectKey, inputDigest } of asked) expect(effectKey.endsWith(inputDigest)).toBe(true)
})

async function signedContribution(prompt: string): Promise<Input> {
  const { chain, keys } = edges.ctx
  const payee = payeeIdString.parse(keys.buyer.address.toLowerCase())
  const fields = { prompt, completion: `${prompt} It is a chamber with two gates.`, licence: 'MIT', source: 'locks.md' }
  const sample = makeSample({ ...fields, payee })
  const terms = {
    datanet: 'locks',
    sample: sample.id,
    payee,
    licence: 'MIT',
    commitment: noCommitment,
    importedBy: nobody,
  }
  const scope = { chainId: chain.chainId, registry: chain.contracts.datanetRegistry as Address }
  const signature = await signContribution(keys.buyer, terms, scope)
  return { datanet: 'locks', contributor: payee, samples: [{ ...fields, signature }] }
}
