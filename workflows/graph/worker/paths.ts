import { createRequire } from 'node:module'
import { resolve } from 'node:path'
import { fileURLToPath } from 'node:url'

const fileBeside = (name: string) => fileURLToPath(new URL(name, import.meta.url))

/** Outermost first: what one of them does again passes those after it again, and the probe sees what is left. */
export const interceptorPaths: string[] = ['../sandbox/carryOn.ts', '../callInterceptors.ts', '../replayProbe.ts'].map(
  fileBeside,
)
export const stripLoaderPath: string = fileBeside('./stripStackTraceLimit.mjs')
export const drainLoaderPath: string = fileBeside('./drainBesideInterrupt.mjs')
export const chunksLoaderPath: string = fileBeside('./keepLastChunks.mjs')
export const checkLoaderPath: string = fileBeside('./appendGraphCheck.mjs')
export const quietThreadPath: string = fileBeside('./quietThread.mjs')

/** What decides about a bundle besides the sources in it: how we build it, and with which version of Temporal's bundler. */
export const buildSources: string[] = [
  ...[
    './buildWorkflowBundle.ts',
    './keptBundle.ts',
    './compactCode.ts',
    './nearGlobals.ts',
    './watchBundle.ts',
    './checkGraphs.ts',
  ].map(fileBeside),
  stripLoaderPath,
  drainLoaderPath,
  chunksLoaderPath,
  checkLoaderPath,
  createRequire(import.meta.url).resolve('@temporalio/worker/package.json'),
]

/** Where our own packages are: an operator's workflows file may lie in a folder without node_modules. */
export const nodeModulesPath: string = resolve(
  createRequire(import.meta.url).resolve('@temporalio/workflow/package.json'),
  '../../..',
)
