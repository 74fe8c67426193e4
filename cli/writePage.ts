import { writeFile } from 'node:fs/promises'
import { TributaryError } from '../kernel/index.ts'

/** Writes a page for its owner alone. Throws cli/no-output. */
export async function writePage(file: string, html: string): Promise<void> {
  try {
    await writeFile(file, html, { mode: 0o600 })
  } catch (cause) {
    throw new TributaryError('The page cannot be written.', {
      code: 'cli/no-output',
      facts: { file, reason: (cause as NodeJS.ErrnoException).code ?? '' },
      tryThis: 'name a file in a folder that exists and that you may write',
      cause,
    })
  }
}
