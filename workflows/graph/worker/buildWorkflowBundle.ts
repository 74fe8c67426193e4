import { mkdir, readFile, rename, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { bundleWorkflowCode, DefaultLogger } from '@temporalio/worker'
import { digestText, findError, TributaryError, type Digest } from '../../../kernel/index.ts'
import { checkGraphs } from './checkGraphs.ts'
import { compactCode } from './compactCode.ts'
import { digestFiles, sameFiles, type BundleFiles } from './bundleFiles.ts'
import { payloadConverterPath } from '../payload/graphDataConverter.ts'
import { buildSources, interceptorPaths } from './paths.ts'
import { watchBundle } from './watchBundle.ts'
import type { GraphReport } from '../graphCheck.ts'

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

// A worker insists on an inline source map. The real one is two thirds of the file and serves stack traces only, which
// are off by default. This one maps every line to itself: names are kept, so a trace can be read against the bundle.
function lineMap(code: string): string {
  const mappings = 'AAAA' + ';AACA'.repeat(code.split('\n').length - 1)
  const map = { version: 3, file: 'workflows.js', sources: ['workflows.js'], names: [], mappings }
  return `\n//# sourceMappingURL=data:application/json;base64,${btoa(JSON.stringify(map))}\n`
}

type Manifest = { v: 3; settings: Digest; bytes: number; files: BundleFiles; digest: Digest; graphs: GraphReport[] }

/**
 * The one file that Temporal's sandbox runs: all that `workflowsPath` exports, LangGraph with its mends, the payload
 * converter and the replay probe. Checked by checkGraphs before it is given out.
 *
 * Cached under `cacheDir` by the digests of every file that webpack read; a second start only hashes them.
 * Cost: about 6 s of CPU fresh, about 0.2 s cached. Throws graph/bundle-import for a Node built-in or a native module (with
 * who imports it), graph/bundle-failed for what webpack can't read, and what checkGraphs throws.
 */
export async function buildWorkflowBundle(options: {
  workflowsPath: string
  cacheDir: string
}): Promise<WorkflowBundle> {
  const { workflowsPath, cacheDir } = options
  const started = performance.now()
  const settings = digestText([workflowsPath, process.version, import.meta.url].join('\n'))
  const codePath = join(cacheDir, `workflows-${settings.slice(2, 14)}.js`)
  const manifestPath = `${codePath}on`
  const ms = () => Math.round(performance.now() - started)

  const kept = await readKept(manifestPath, codePath, settings)
  if (kept !== undefined) {
    const { digest, bytes, graphs } = kept
    return { codePath, digest, bytes, graphs, cached: true, ms: ms() }
  }

  const watch = watchBundle(workflowsPath)
  const bare = await bundle(workflowsPath, watch)
  const code = bare + lineMap(bare)
  const files = await digestFiles([...watch.files(), ...buildSources])
  await mkdir(cacheDir, { recursive: true })
  // The manifest goes last, so that a kill in between leaves a bundle that nobody believes in.
  await replaceFile(codePath, code)
  const graphs = await checkGraphs({ codePath })
  const manifest: Manifest = { v: 3, settings, bytes: bare.length, files, digest: digestText(code), graphs }
  await replaceFile(manifestPath, JSON.stringify(manifest))
  return { codePath, digest: manifest.digest, bytes: bare.length, graphs, cached: false, ms: ms() }
}

async function bundle(workflowsPath: string, watch: ReturnType<typeof watchBundle>): Promise<string> {
  try {
    const { code } = await bundleWorkflowCode({
      workflowsPath,
      payloadConverterPath,
      workflowInterceptorModules: interceptorPaths,
      webpackConfigHook: watch.configure,
      logger: new DefaultLogger('ERROR', () => {}), // what webpack says is in watch.problems()
    })
    watch.check(code)
    return await compactCode(code)
  } catch (error) {
    watch.check('')
    throw (
      findError(error) ??
      new TributaryError('The workflow code could not be bundled.', {
        code: 'graph/bundle-failed',
        facts: { problems: watch.problems().slice(0, 5) },
        tryThis: 'read the problems: workflow code can import pure TypeScript and JavaScript only',
        cause: error,
      })
    )
  }
}

async function readKept(manifestPath: string, codePath: string, settings: Digest) {
  try {
    const manifest = JSON.parse(await readFile(manifestPath, 'utf8')) as Manifest
    const code = await readFile(codePath, 'utf8')
    if (manifest.v !== 3 || manifest.settings !== settings || digestText(code) !== manifest.digest) return undefined
    return (await sameFiles(manifest.files)) ? manifest : undefined
  } catch {
    return undefined // nothing kept, or half of it: build anew
  }
}

async function replaceFile(path: string, text: string): Promise<void> {
  const fresh = `${path}.${process.pid}.tmp`
  await writeFile(fresh, text)
  await rename(fresh, path)
}
