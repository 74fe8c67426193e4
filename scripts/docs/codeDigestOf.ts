import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { digestOf, digestText, type Digest } from '../../kernel/index.ts'

const folder = 'attribution/influence'

/** Digest over names and contents of the sources that compute scores, tests left out. */
export function codeDigestOf(root: string): Digest {
  const names = readdirSync(join(root, folder), { recursive: true, encoding: 'utf8' })
    .map((name) => name.replaceAll('\\', '/'))
    .filter((name) => name.endsWith('.ts') && !name.endsWith('.test.ts') && !name.includes('testing/'))
    .toSorted()
  return digestOf(names.map((name) => [name, digestText(readFileSync(join(root, folder, name), 'utf8'))]))
}
