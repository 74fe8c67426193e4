import { existsSync, readFileSync } from 'node:fs'
import { stripTypeScriptTypes } from 'node:module'
import { join, posix } from 'node:path'
import { root } from './sourceFiles.ts'

export type ValueImport = {
  /** As written. */
  specifier: string
  /** Path from the root, for a file of ours. */
  file?: string
  /** It names a file of ours that is not there. */
  missing?: boolean
}

const patterns = [
  /^[ \t]*import\b(?!\s*[(.])[^'"`;]*?['"]([^'"\n]+)['"]/gm,
  /^[ \t]*export\b[^'"`;()=]*?\bfrom\s*['"]([^'"\n]+)['"]/gm,
  /\bimport\(\s*['"]([^'"\n]+)['"]/g,
]

/**
 * What a file imports when it runs: the types are stripped as Node strips them, and what is still imported counts.
 * `import { type A } from 'x'` runs x, and counts.
 */
export function valueImports(file: string): ValueImport[] {
  const source = readFileSync(join(root, file), 'utf8')
  const code = withoutComments(file.endsWith('.mjs') ? source : stripTypeScriptTypes(source, { mode: 'strip' }))
  const specifiers = patterns.flatMap((pattern) => [...code.matchAll(pattern)].map((match) => match[1] as string))
  return specifiers.map((specifier) => {
    if (!specifier.startsWith('.')) return { specifier }
    const target = posix.join(posix.dirname(file), specifier)
    return existsSync(join(root, target)) ? { specifier, file: target } : { specifier, missing: true }
  })
}

/** Block comments hold examples; a line comment can't start a line with `import`. */
function withoutComments(code: string): string {
  return code.replaceAll(/^[ \t]*\/\*[\s\S]*?\*\//gm, '')
}
