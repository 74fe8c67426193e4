import { readFile } from 'node:fs/promises'
import { text } from 'node:stream/consumers'
import { TributaryError } from '../../kernel/index.ts'

/** A JSON object out of a file, or out of the standard input. Throws cli/no-document, which says where it stops to be JSON. */
export async function readDocument(file: string): Promise<Record<string, unknown>> {
  const found = await contentOf(file)
  let parsed: unknown
  try {
    parsed = JSON.parse(found)
  } catch (cause) {
    throw refuse(file, (cause as Error).message)
  }
  if (typeof parsed === 'object' && parsed !== null && !Array.isArray(parsed)) return parsed as Record<string, unknown>
  throw refuse(file, 'it holds no JSON object')
}

async function contentOf(file: string): Promise<string> {
  try {
    return file === '-' ? await text(process.stdin) : await readFile(file, 'utf8')
  } catch (cause) {
    throw refuse(file, (cause as NodeJS.ErrnoException).code ?? 'it cannot be read')
  }
}

function refuse(file: string, reason: string): TributaryError {
  return new TributaryError('The document cannot be read.', {
    code: 'cli/no-document',
    facts: { file, reason },
    tryThis: 'name a file with one JSON object; tributary rule show prints the rule in force to begin with',
  })
}
