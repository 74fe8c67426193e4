import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { homeFolder } from './homeFolder.ts'
import { runningGateway } from './runningGateway.ts'

export type ReachedServer = {
  url: string
  /** Of the operator. */
  token: string
  /** Whether it was started for this command, and so ends with it. */
  own: boolean
  close: () => Promise<void>
}

/** The server that runs in this home; where none runs, one is started, which `close` ends. */
export async function reachServer(
  say = (line: string): void => void process.stderr.write(`${line}\n`),
): Promise<ReachedServer> {
  const home = homeFolder()
  const token = () => readFileSync(join(home, 'keys', 'operator-token'), 'utf8').trim()
  const url = await runningGateway(home)
  if (url) return { url, token: token(), own: false, close: async () => undefined }
  const { openTributary } = await import('../temporal.config.ts')
  const { gatewayUrl, close } = await openTributary({ home, say })
  return { url: gatewayUrl, token: token(), own: true, close }
}
