import { builtinModules } from 'node:module'
import { relative } from 'node:path'
import type { BundleOptions } from '@temporalio/worker'
import { TributaryError } from '../../../kernel/index.ts'
import { checkLoaderPath, chunksLoaderPath, drainLoaderPath, nodeModulesPath, stripLoaderPath } from './paths.ts'

type Configure = NonNullable<BundleOptions['webpackConfigHook']>
type Config = Parameters<Configure>[0]
type Compiler = Parameters<Extract<NonNullable<Config['plugins']>[number], (...args: never[]) => unknown>>[0]

/** Temporal's bundler offers overrides of these three, which are pure. */
const pureBuiltins = new Set(['assert', 'url', 'util'])

/** Looks over webpack's shoulder: which files it read, who imports what the sandbox can't have, what it complained of. */
export function watchBundle(workflowsPath: string): {
  configure: Configure
  files: () => string[]
  problems: () => string[]
  /** Throws graph/bundle-import, graph/bundle-failed. */
  check: (code: string) => void
} {
  const files: string[] = []
  const problems: string[] = []
  const refused: string[] = []

  const plugin = {
    apply(compiler: Compiler) {
      compiler.hooks.done.tap('watchBundle', ({ compilation }) => {
        files.push(...compilation.fileDependencies)
        problems.push(...compilation.errors.map((error) => error.message.slice(0, 300)))
      })
      compiler.hooks.normalModuleFactory.tap('watchBundle', (factory) => {
        factory.hooks.beforeResolve.tap('watchBundle', ({ request, contextInfo }) => {
          if (isOutside(request))
            refused.push(`${request} (imported by ${relative(process.cwd(), contextInfo.issuer)})`)
        })
      })
    },
  }
  return {
    configure: (config) => ({
      ...config,
      // Production mode leaves out what nobody imports and joins modules: less to parse at worker start, and less to
      // evaluate for each workflow, which gets its modules anew. Names stay, so that the file can be read.
      mode: 'production',
      optimization: { ...config.optimization, minimize: false },
      devtool: false,
      resolve: { ...config.resolve, modules: [...(config.resolve?.modules ?? []), nodeModulesPath] },
      plugins: [...(config.plugins ?? []), plugin],
      module: {
        ...config.module,
        rules: [
          ...(config.module?.rules ?? []),
          { test: /@langchain[\\/].*\.js$/, use: [stripLoaderPath] },
          { test: /@langchain[\\/]langgraph[\\/]dist[\\/]pregel[\\/]runner\.js$/, use: [drainLoaderPath] },
          { test: /@langchain[\\/]langgraph[\\/]dist[\\/]pregel[\\/]index\.js$/, use: [chunksLoaderPath] },
          { resource: workflowsPath, enforce: 'pre', use: [checkLoaderPath] },
        ],
      },
    }),
    files: () => files,
    problems: () => problems,
    check: (code) => {
      if (refused.length > 0) refuseImports(refused)
      if (/\bError\.stackTraceLimit = /.test(code)) {
        throw new TributaryError('The bundle still assigns Error.stackTraceLimit, which the sandbox has frozen.', {
          code: 'graph/bundle-failed',
          facts: { loader: 'stripStackTraceLimit' },
          tryThis: 'a library other than @langchain does it: add it to the rule of watchBundle',
        })
      }
    },
  }
}

function isOutside(request: string): boolean {
  if (request.endsWith('.node')) return true
  const name = request.replace(/^node:/, '')
  return request.startsWith('node:') || (builtinModules.includes(name) && !pureBuiltins.has(name))
}

function refuseImports(refused: readonly string[]): never {
  throw new TributaryError(`Workflow code imports what the sandbox can't have: ${refused[0]}`, {
    code: 'graph/bundle-import',
    facts: { imports: [...new Set(refused)].slice(0, 10) },
    tryThis: 'move that work into an activity, and import types and pure modules only (import type { … })',
  })
}
