import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { TributaryError, type Facts } from '../kernel/index.ts'
import { homeFolder } from './homeFolder.ts'
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
  const response = await fetch(`${url}/tools/${tool}`, {
    method: 'POST',
    headers: {
      'content-type': 'application/json',
      authorization: `Bearer ${token}`,
      ...(effectKey === undefined ? {} : { 'effect-key': effectKey }),
    },
    body: JSON.stringify(input),
  })
  const text = await response.text()
  if (response.ok) return text
  throw codedFrom(text, response.status)
}

function codedFrom(text: string, status: number): TributaryError {
  type Wire = {
    error: { code: `${string}/${string}`; message: string; facts: Facts; tryThis?: string; retry: boolean }
  }
  try {
    const { error } = JSON.parse(text) as Wire
    const { code, facts, retry, tryThis } = error
    return new TributaryError(error.message, { code, facts, retry, ...(tryThis === undefined ? {} : { tryThis }) })
  } catch (cause) {
    return new TributaryError('The server answered something that is no Tributary answer.', {
      code: 'cli/not-ours',
      facts: { status },
      tryThis: 'run tributary doctor',
      cause,
    })
  }
}
