import { readFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { compileFunction } from 'node:vm'

type Xgrammar = typeof import('@mlc-ai/web-xgrammar')

/**
 * XGrammar compiled to WebAssembly (@mlc-ai/web-xgrammar). The package says it is a module and holds a CommonJS bundle,
 * so Node's own loaders find no exports in it: the bundle is evaluated here as what it is, with its one dynamic import
 * (of `module`, for `require`) put as a require. What it writes to the console quotes schemas, and is dropped.
 */
export function loadXgrammar(): Xgrammar {
  const require = createRequire(import.meta.url)
  const file = require.resolve('@mlc-ai/web-xgrammar')
  const source = readFileSync(file, 'utf8').replace("import('module')", "Promise.resolve(require('module'))")
  const names = ['exports', 'require', 'module', '__filename', '__dirname', 'console']
  const module = { exports: {} }
  const silent = { log: ignore, warn: ignore, error: ignore }
  compileFunction(source, names, { filename: file })(module.exports, require, module, file, '', silent)
  return module.exports as Xgrammar
}

function ignore(): void {}
