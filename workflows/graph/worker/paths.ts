import { createRequire } from 'node:module'
import { resolve } from 'node:path'
import { fileURLToPath } from 'node:url'

const fileBeside = (name: string) => fileURLToPath(new URL(name, import.meta.url))

/** Client, worker, bundle and replayer must all load this one. */
export const payloadConverterPath: string = fileBeside('../payload/converter.ts')
const replayProbePath: string = fileBeside('../replayProbe.ts')
/** Outermost first: what the first one does again passes the probe again. */
export const interceptorPaths: string[] = [fileBeside('../callInterceptors.ts'), replayProbePath]
export const stripLoaderPath: string = fileBeside('./stripStackTraceLimit.mjs')
export const checkLoaderPath: string = fileBeside('./appendGraphCheck.mjs')

/** What decides about a bundle besides the sources in it: how we build it, and with which version of Temporal's bundler. */
export const buildSources: string[] = [
  ...['./buildWorkflowBundle.ts', './watchBundle.ts', './checkGraphs.ts'].map(fileBeside),
  stripLoaderPath,
  checkLoaderPath,
  createRequire(import.meta.url).resolve('@temporalio/worker/package.json'),
]

/** For every Client and Worker that touches a durable graph. */
export const dataConverter: { payloadConverterPath: string } = { payloadConverterPath }

/** Where our own packages are: an operator's workflows file may lie in a folder without node_modules. */
export const nodeModulesPath: string = resolve(
  createRequire(import.meta.url).resolve('@temporalio/workflow/package.json'),
  '../../..',
)
