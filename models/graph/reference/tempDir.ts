import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll } from 'vitest'

/** A fresh folder for the tests of one file, removed when they are done. */
export function tempDir(): string {
  const dir = mkdtempSync(join(tmpdir(), 'tributary-graph-'))
  afterAll(() => rmSync(dir, { recursive: true, force: true }))
  return dir
}
