import { fileURLToPath } from 'node:url'
import { Client } from '@modelcontextprotocol/sdk/client/index.js'
import { StdioClientTransport } from '@modelcontextprotocol/sdk/client/stdio.js'
import { StreamableHTTPClientTransport } from '@modelcontextprotocol/sdk/client/streamableHttp.js'
import { InMemoryTransport } from '@modelcontextprotocol/sdk/inMemory.js'
import { MockActivityEnvironment } from '@temporalio/testing'
import { DefaultLogger } from '@temporalio/worker'
import { Command } from 'commander'
import { findError } from '../../kernel/index.ts'
import {
  langchainTools,
  mcpServer,
  runTool,
  toolActivities,
  toolCommands,
  toWire,
  version,
  type BoundTool,
  type ToolContext,
} from '../../tools/index.ts'
import { callServer } from '../callServer.ts'

type Input = Record<string, unknown>
/** A call through one face: the bytes of its output, or of its coded error. */
export type Face = (tool: string, input: Input, effectKey?: string) => Promise<string>

export type SevenFaces = { faces: Record<string, Face>; close: () => Promise<void> }

/**
 * All faces of the tools, as their users meet them: real clients and transports, the MCP of stdio in a process of its own.
 * A gateway over the same context must run, and TRIBUTARY_HOME must name its home.
 */
export async function openSevenFaces(
  tools: readonly BoundTool[],
  ctx: ToolContext,
  gateway: { url: string; operatorToken: string },
): Promise<SevenFaces> {
  const authorization = `Bearer ${gateway.operatorToken}`
  const definitions = tools.map(({ definition }) => definition)
  const toolNamed = (name: string) => tools.find(({ definition }) => definition.name === name) as BoundTool

  const inMemory = new Client({ name: 'test', version })
  const [here, there] = InMemoryTransport.createLinkedPair()
  const direct = mcpServer(
    definitions,
    ({ name }, input, key) =>
      runTool(toolNamed(name), input, { ...ctx, call: { face: 'mcp', ...keyed('memory', key) } }),
    version,
  )
  await direct.connect(there)
  await inMemory.connect(here)
  const overHttp = new Client({ name: 'test', version })
  const url = new URL(`${gateway.url}/mcp`)
  await overHttp.connect(new StreamableHTTPClientTransport(url, { requestInit: { headers: { authorization } } }))
  const overStdio = new Client({ name: 'test', version })
  const main = fileURLToPath(new URL('../main.ts', import.meta.url))
  const env = Object.fromEntries(Object.entries(process.env).filter((entry): entry is [string, string] => !!entry[1]))
  const spawned = { command: process.execPath, args: [main, 'mcp'], env, stderr: 'ignore' } as const
  await overStdio.connect(new StdioClientTransport({ ...spawned, args: [...spawned.args] }))

  const faces: Record<string, Face> = {
    langchain: async (tool, input, key) => {
      const [made] = langchainTools([toolNamed(tool)], ctx, () => keyed('langchain', key).effectKey)
      return (await made?.invoke(input)) as string
    },
    'mcp in memory': throughMcp(inMemory),
    'mcp over http': throughMcp(overHttp),
    'mcp over stdio': throughMcp(overStdio),
    http: async (tool, input, key) => {
      const headers = { authorization, ...(key === undefined ? {} : { 'effect-key': key }) }
      const request = { method: 'POST', headers, body: JSON.stringify(input) }
      const text = await (await fetch(`${gateway.url}/tools/${tool}`, request)).text()
      const value = JSON.parse(text) as Input
      return 'error' in value ? toWire(value) : text
    },
    cli: throughCli(tools),
    activity: async (tool, input, key) => {
      const environment = new MockActivityEnvironment(undefined, { logger: new DefaultLogger('ERROR') })
      const activities = toolActivities([toolNamed(tool)], ctx, { progress: () => undefined, lineage: () => [] })
      const activity = activities[tool] as (input: unknown, step?: string) => Promise<unknown>
      return coded(async () => toWire(await environment.run(activity, input, key)))
    },
  }
  const close = async () => {
    for (const client of [inMemory, overHttp, overStdio]) await client.close()
  }
  return { faces, close }
}

function keyed(face: string, key: string | undefined): { effectKey?: string } {
  return key === undefined ? {} : { effectKey: `${face}/${key}` }
}

function throughMcp(client: Client): Face {
  return async (tool, input, effectKey) => {
    const meta = effectKey === undefined ? {} : { _meta: { effectKey } }
    const result = await client.callTool({ name: tool, arguments: input, ...meta })
    const [{ text }] = result.content as [{ text: string }]
    if (!result.isError && toWire(result.structuredContent) !== text)
      throw new Error(`${tool}: two outputs in one answer`)
    return text
  }
}

function throughCli(tools: readonly BoundTool[]): Face {
  return async (tool, input, effectKey) => {
    let printed = ''
    const program = new Command().exitOverride()
    const definitions = tools.map(({ definition }) => definition)
    for (const command of toolCommands(definitions, callServer, (line) => (printed += line)))
      program.addCommand(command)
    const key = effectKey === undefined ? [] : ['--effect-key', effectKey]
    const args = [tool.replaceAll('_', '-'), '--input', JSON.stringify(input), ...key]
    return coded(async () => {
      await program.parseAsync(args, { from: 'user' })
      return printed
    })
  }
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
