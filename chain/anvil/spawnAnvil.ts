import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { createServer, type AddressInfo } from 'node:net'
import { anvilCommand, type AnvilOptions } from './anvilCommand.ts'
import { untilChainAnswers } from './untilChainAnswers.ts'

export type Anvil = { url: string; pid: number; stop: (signal?: NodeJS.Signals) => Promise<void> }

/** Starts an anvil from its state file as it lies there: `startAnvil` makes it whole first. Returns when it answers. */
export async function spawnAnvil(options: Partial<AnvilOptions> = {}): Promise<Anvil> {
  const host = options.host ?? '127.0.0.1'
  const port = options.port ?? (await freePort(host))
  const { command, args } = anvilCommand({ ...options, port })
  const child = spawn(command, args, { stdio: 'ignore' })
  const exited = once(child, 'exit')
  const kill = () => void child.kill('SIGKILL')
  process.once('exit', kill)
  const stop = async (signal: NodeJS.Signals = 'SIGTERM') => {
    process.off('exit', kill)
    if (child.exitCode === null && child.signalCode === null) child.kill(signal)
    await exited
  }
  const url = `http://${host}:${port}`
  try {
    await untilChainAnswers(url)
  } catch (error) {
    await stop('SIGKILL')
    throw error
  }
  return { url, pid: child.pid as number, stop }
}

async function freePort(host: string): Promise<number> {
  const server = createServer().listen(0, host)
  await once(server, 'listening')
  const { port } = server.address() as AddressInfo
  server.close()
  await once(server, 'close')
  return port
}
