import { mkdir, rename, writeFile } from 'node:fs/promises'
import { bundleWorkflowCode, DefaultLogger } from '@temporalio/worker'
import { digestText, findError, TributaryError } from '../../../kernel/index.ts'
import { checkGraphs } from './checkGraphs.ts'
import { compactCode } from './compactCode.ts'
import { digestFiles } from './bundleFiles.ts'
import { bundlePlaces, keptBundle, type BundleManifest, type WorkflowBundle } from './keptBundle.ts'
import { nearGlobals } from './nearGlobals.ts'
import { payloadConverterPath } from '../payload/graphDataConverter.ts'
import { buildSources, interceptorPaths } from './paths.ts'
import { watchBundle } from './watchBundle.ts'

// A worker insists on an inline source map. The real one is two thirds of the file and serves stack traces only, which
// are off by default. This one maps every line to itself: names are kept, so a trace can be read against the bundle.
function lineMap(code: string): string {
  const mappings = 'AAAA' + ';AACA'.repeat(code.split('\n').length - 1)
  const map = { version: 3, file: 'workflows.js', sources: ['workflows.js'], names: [], mappings }
  return `\n//# sourceMappingURL=data:application/json;base64,${btoa(JSON.stringify(map))}\n`
}

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
  /** Told when it is built anew. */
  say?: (line: string) => void
}): Promise<WorkflowBundle> {
  const { workflowsPath, cacheDir, say } = options
  const started = performance.now()
  const kept = await keptBundle({ workflowsPath, cacheDir })
  if (kept !== undefined) return kept
  const { settings, codePath, manifestPath } = bundlePlaces({ workflowsPath, cacheDir })

  say?.('bundling the workflows for Temporal, since they are new or changed …')
  const watch = watchBundle(workflowsPath)
  const bare = await bundle(workflowsPath, watch)
  const code = bare + lineMap(bare)
  const files = await digestFiles([...watch.files(), ...buildSources])
  await mkdir(cacheDir, { recursive: true })
  // The manifest goes last, so that a kill in between leaves a bundle that nobody believes in.
  await replaceFile(codePath, code)
  const graphs = await checkGraphs({ codePath })
  const manifest: BundleManifest = { v: 3, settings, bytes: bare.length, files, digest: digestText(code), graphs }
  await replaceFile(manifestPath, JSON.stringify(manifest))
  return {
    codePath,
    digest: manifest.digest,
    bytes: bare.length,
    graphs,
    cached: false,
    ms: Math.round(performance.now() - started),
  }
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
    return nearGlobals(await compactCode(code))
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

async function replaceFile(path: string, text: string): Promise<void> {
  const fresh = `${path}.${process.pid}.tmp`
  await writeFile(fresh, text)
  await rename(fresh, path)
}
