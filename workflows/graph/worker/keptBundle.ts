import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { digestText, type Digest } from '../../../kernel/index.ts'
import type { GraphReport } from '../graphCheck.ts'
import { sameFiles, type BundleFiles } from './bundleFiles.ts'

export type WorkflowBundle = {
  /** The file that a worker loads. */
  codePath: string
  /** sha-256 of its bytes. */
  digest: Digest
  /** Its size, without the source map. */
  bytes: number
  /** All durable graphs in it; each was built once in the sandbox. */
  graphs: GraphReport[]
  /** Whether it came from the cache, and how long that took. */
  cached: boolean
  ms: number
}

/** What lies beside a bundle: written last, so that a bundle without it is one that nobody believes in. */
export type BundleManifest = {
  v: 3
  settings: Digest
  bytes: number
  files: BundleFiles
  digest: Digest
  graphs: GraphReport[]
}

type Where = { workflowsPath: string; cacheDir: string }

/** Where the bundle of these workflows is kept: another place for another version of Node, or another checkout. */
export function bundlePlaces({ workflowsPath, cacheDir }: Where) {
  const settings = digestText([workflowsPath, process.version, import.meta.url].join('\n'))
  const codePath = join(cacheDir, `workflows-${settings.slice(2, 14)}.js`)
  return { settings, codePath, manifestPath: `${codePath}on` }
}

/** The bundle that was built of exactly these files before, if there is one. Loads neither Temporal nor webpack. Cost: 0.2 s. */
export async function keptBundle(where: Where): Promise<WorkflowBundle | undefined> {
  const started = performance.now()
  const { settings, codePath, manifestPath } = bundlePlaces(where)
  try {
    const manifest = JSON.parse(await readFile(manifestPath, 'utf8')) as BundleManifest
    const code = await readFile(codePath, 'utf8')
    if (manifest.v !== 3 || manifest.settings !== settings || digestText(code) !== manifest.digest) return undefined
    if (!(await sameFiles(manifest.files))) return undefined
    const { digest, bytes, graphs } = manifest
    return { codePath, digest, bytes, graphs, cached: true, ms: Math.round(performance.now() - started) }
  } catch {
    return undefined // nothing kept, or half of it: build anew
  }
}
