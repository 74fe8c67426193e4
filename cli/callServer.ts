import { findError, TributaryError } from '../kernel/index.ts'
import { postJson } from './postJson.ts'
import { reachServer, type ReachedServer } from './reachServer.ts'

/**
 * Calls a tool of the server that runs in this home, as its operator; where none runs, starts one for this call.
 * One way for every command: what the CLI shows is what the API answers.
 */
export async function callServer(tool: string, input: Record<string, unknown>, effectKey?: string): Promise<string> {
  const server = await reachServer()
  try {
    return await post(server, tool, input, effectKey)
  } finally {
    await server.close()
  }
}

type Tool<Output> = { name: string; output: { parse: (value: unknown) => Output } }

/** The same, parsed: for commands that draw. The schema of the tool has checked it on the other side. */
export async function callServerFor<Output>(
  tool: Tool<Output>,
  input: Record<string, unknown>,
  effectKey?: string,
): Promise<Output> {
  return tool.output.parse(JSON.parse(await callServer(tool.name, input, effectKey)))
}

/** The same on a server that was reached before: for commands that call more than once. */
export async function callReached<Output>(
  server: Pick<ReachedServer, 'url' | 'token'>,
  tool: Tool<Output>,
  input: Record<string, unknown>,
  effectKey?: string,
): Promise<Output> {
  return tool.output.parse(JSON.parse(await post(server, tool.name, input, effectKey)))
}

async function post(
  { url, token }: Pick<ReachedServer, 'url' | 'token'>,
  tool: string,
  input: unknown,
  effectKey?: string,
): Promise<string> {
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
