import { mkdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs'
import { createServer } from 'node:net'
import { join } from 'node:path'
import { TributaryError } from '../kernel/index.ts'

export type PortChoice = {
  home: string
  /** What the port is for, as remembered in `run/ports.json`: `temporal`, `anvil`, `gateway`. */
  name: string
  /** A port that the user asked for: it, or an error. */
  wanted?: number | undefined
  host?: string
}

/**
 * A port that is free now: the wanted one, else the one this home had last time, else any.
 * Remembering keeps addresses the same over restarts. Throws servers/port-taken when the wanted one is not free.
 */
export async function choosePort({ home, name, wanted, host = '127.0.0.1' }: PortChoice): Promise<number> {
  const file = join(home, 'run', 'ports.json')
  const remembered = readPorts(file)
  const last = remembered[name]
  if (wanted !== undefined && !(await isFree(wanted, host))) {
    throw new TributaryError(`Port ${wanted} is taken.`, {
      code: 'servers/port-taken',
      facts: { port: wanted, host, for: name },
      tryThis: `end what listens there (lsof -i :${wanted}), or choose another port`,
      retry: true,
    })
  }
  const port = wanted ?? (last !== undefined && (await isFree(last, host)) ? last : await anyPort(host, remembered))
  if (port !== last) {
    mkdirSync(join(home, 'run'), { recursive: true })
    writeFileSync(`${file}.${process.pid}`, `${JSON.stringify({ ...readPorts(file), [name]: port }, null, 2)}\n`)
    renameSync(`${file}.${process.pid}`, file)
  }
  return port
}

/** Whether somebody could listen there now. */
export async function isFree(port: number, host = '127.0.0.1'): Promise<boolean> {
  return (await listen(port, host)) !== undefined
}

async function anyPort(host: string, avoid: Record<string, number>): Promise<number> {
  for (let attempt = 0; attempt < 100; attempt++) {
    const port = await listen(0, host)
    if (port !== undefined && !Object.values(avoid).includes(port)) return port
  }
  throw new TributaryError('No free port is to be had.', {
    code: 'servers/no-port',
    facts: { host },
    tryThis: `check that ${host} is an address of this machine`,
    retry: true,
  })
}

function listen(port: number, host: string): Promise<number | undefined> {
  const server = createServer()
  return new Promise((resolve) => {
    server.once('error', () => resolve(undefined))
    server.listen({ port, host, exclusive: true }, () => {
      const address = server.address()
      server.close(() => resolve(typeof address === 'object' ? address?.port : undefined))
    })
  })
}

function readPorts(file: string): Record<string, number> {
  try {
    return JSON.parse(readFileSync(file, 'utf8')) as Record<string, number>
  } catch {
    return {} // none yet, or torn: ports are only a convenience, and are chosen anew
  }
}
