import { readdirSync } from 'node:fs'
import { join } from 'node:path'

const elsewhere = new Set([
  'node_modules',
  'test',
  'testing',
  'fixtures',
  'docs',
  'evals',
  'migrations',
  'abis',
  'results',
])

/** The product's own TypeScript and module files, tests and tables left out, as paths with `/`, sorted. */
export function sourceFilesOf(root: string): string[] {
  const walk = (folder: string): string[] =>
    readdirSync(join(root, folder), { withFileTypes: true }).flatMap((entry) => {
      const path = folder === '' ? entry.name : `${folder}/${entry.name}`
      if (entry.name.startsWith('.') || elsewhere.has(entry.name)) return []
      if (entry.isDirectory()) return walk(path)
      return /\.(ts|mjs)$/.test(entry.name) && !/\.(test|d)\.ts$/.test(entry.name) ? [path] : []
    })
  return walk('').toSorted()
}
