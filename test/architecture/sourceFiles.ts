import { readdirSync } from 'node:fs'
import { join, relative, sep } from 'node:path'
import { fileURLToPath } from 'node:url'

export const root = fileURLToPath(new URL('../../', import.meta.url))

const elsewhere = new Set(['node_modules', 'dist', 'coverage', 'fixtures', 'migrations', 'shared'])

/** All TypeScript and module files of the checkout, as paths from its root with `/`, sorted. */
export function sourceFiles(): string[] {
  const files: string[] = []
  walk(root, files)
  return files.map((file) => relative(root, file).split(sep).join('/')).toSorted()
}

function walk(folder: string, files: string[]): void {
  for (const entry of readdirSync(folder, { withFileTypes: true })) {
    if (entry.name.startsWith('.') || elsewhere.has(entry.name)) continue
    const path = join(folder, entry.name)
    if (entry.isDirectory()) walk(path, files)
    else if (/\.(ts|mjs|mts)$/.test(entry.name) && !entry.name.endsWith('.d.ts')) files.push(path)
  }
}

export function isTest(file: string): boolean {
  return file.endsWith('.test.ts') || file.startsWith('test/')
}
