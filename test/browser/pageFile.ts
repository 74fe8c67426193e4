import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { afterAll } from 'vitest'

/** Where a test puts its page, and how a browser finds it; gone after the tests of the file. */
export function pageFile(): { file: string; url: string } {
  const folder = mkdtempSync(join(tmpdir(), 'tributary-page-'))
  afterAll(() => rmSync(folder, { recursive: true, force: true }))
  const file = join(folder, 'page.html')
  return { file, url: pathToFileURL(file).href }
}
