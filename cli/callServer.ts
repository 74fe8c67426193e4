import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { findError, TributaryError } from '../kernel/index.ts'
import { homeFolder } from './homeFolder.ts'
import { postJson } from './postJson.ts'
import { runningGateway } from './runningGateway.ts'

/**
 * Calls a tool of the server that runs in this home, as its operator; where none runs, starts one for this call.
 * One way for every command: what the CLI shows is what the API answers.
 */
export async function callServer(tool: string, input: Record<string, unknown>, effectKey?: string): Promise<string> {
  const home = homeFolder()
  const url = await runningGateway(home)
  if (url) return post(url, home, tool, input, effectKey)
  const { openTributary } = await import('../temporal.config.ts')
  const server = await openTributary({ home, say: (line) => process.stderr.write(`${line}\n`) })
  try {
    return await post(server.gatewayUrl, home, tool, input, effectKey)
  } finally {
    await server.close()
  }
}

/** The same, parsed: for commands that draw. The schema of the tool has checked it on the other side. */
export async function callServerFor<Output>(
  tool: { name: string; output: { parse: (value: unknown) => Output } },
  input: Record<string, unknown>,
  effectKey?: string,
): Promise<Output> {
  return tool.output.parse(JSON.parse(await callServer(tool.name, input, effectKey)))
}

async function post(url: string, home: string, tool: string, input: unknown, effectKey?: string): Promise<string> {
  const token = readFileSync(join(home, 'keys', 'operator-token'), 'utf8').trim()
  const { status, text } = await postJson(`${url}/tools/${tool}`, input, {
    authorization: `Bearer ${token}`,
    ...(effectKey === undefined ? {} : { 'effect-key': effectKey }),
  })
  if (status === 200) return text
  throw (
    errorIn(text) ??
    new TributaryError('The server answered something that is no Tributary answer.', {
      code: 'cli/not-ours',
      facts: { status },
      tryThis: 'run tributary doctor',
    })
  )
}

function errorIn(text: string): TributaryError | undefined {
  try {
    const { error } = JSON.parse(text) as { error?: unknown }
    return findError(error)
  } catch {
    return undefined // not JSON, so not of ours
  }
}
