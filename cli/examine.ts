import { accessSync, constants, existsSync, statfsSync } from 'node:fs'
import { dirname } from 'node:path'
import { availableParallelism, totalmem } from 'node:os'
import { findError } from '../kernel/index.ts'
import { cacheFolder, findBase, findGpuPython, findTemporal } from '../provision/index.ts'
import { anvilCommand } from '../chain/index.ts'
import { homeFolder } from './homeFolder.ts'
import { runningGateway } from './runningGateway.ts'

export type Finding = { what: string; ok: boolean; found: string; tryThis?: string }

const needed = { nodeMajor: 22, memoryGiB: 6, diskGiB: 3 }

/** What `tributary doctor` looks at: the machine, what was fetched, this home, and whether something runs in it. */
export async function examine(env: NodeJS.ProcessEnv = process.env): Promise<Finding[]> {
  const home = homeFolder()
  const running = await runningGateway(home)
  return [
    node(),
    memory(),
    disk(home),
    writable(home),
    await asked('base model', async () => (await findBase(env))?.path, 'run npm start: it fetches the model'),
    await asked('temporal', async () => described(findTemporal(env)), 'run npm start: it fetches or builds the server'),
    await asked('anvil', async () => anvilCommand({ port: 0 }).command, 'run npm ci: anvil comes with the packages'),
    {
      what: 'gpu worker',
      ok: true,
      found: findGpuPython(env) ?? 'not installed; tributary gpu installs it, on a machine that is to train',
    },
    { what: 'cache', ok: true, found: cacheFolder(env) },
    { what: 'server', ok: true, found: running ?? 'nothing runs in this home' },
  ]
}

function node(): Finding {
  const major = Number(process.versions.node.split('.')[0])
  return {
    what: 'node',
    ok: major >= needed.nodeMajor,
    found: process.version,
    tryThis: 'run npm ci: it brings Node 24 for this platform',
  }
}

function memory(): Finding {
  const gib = totalmem() / 2 ** 30
  return {
    what: 'memory',
    ok: gib >= needed.memoryGiB,
    found: `${gib.toFixed(1)} GiB, ${availableParallelism()} cores`,
    tryThis: `${needed.memoryGiB} GiB are needed: close other programs or use a larger machine`,
  }
}

function disk(home: string): Finding {
  const { bavail, bsize } = statfsSync(existing(home))
  const gib = (bavail * bsize) / 2 ** 30
  return {
    what: 'disk',
    ok: gib >= needed.diskGiB,
    found: `${gib.toFixed(1)} GiB free for ${home}`,
    tryThis: `${needed.diskGiB} GiB are needed: free some, or set TRIBUTARY_HOME to another disk`,
  }
}

function writable(home: string): Finding {
  try {
    accessSync(existing(home), constants.W_OK)
    return { what: 'home', ok: true, found: home }
  } catch {
    return {
      what: 'home',
      ok: false,
      found: `${home} cannot be written`,
      tryThis: 'set TRIBUTARY_HOME to a folder of yours',
    }
  }
}

async function asked(what: string, look: () => Promise<string | undefined>, tryThis: string): Promise<Finding> {
  try {
    const found = await look()
    return found === undefined ? { what, ok: false, found: 'not there', tryThis } : { what, ok: true, found }
  } catch (failure) {
    const error = findError(failure)
    return { what, ok: false, found: error?.message ?? String(failure), tryThis: error?.tryThis ?? tryThis }
  }
}

function described(source: ReturnType<typeof findTemporal>): string | undefined {
  if (source === undefined) return undefined
  return source.kind === 'address' ? `a server at ${source.address}` : source.path
}

function existing(path: string): string {
  return existsSync(path) ? path : existing(dirname(path))
}
