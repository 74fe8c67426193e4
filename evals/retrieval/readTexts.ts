import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { TributaryError } from '../../kernel/index.ts'
import type { SourcedText } from './holdOut.ts'

/**
 * The texts of a Datanet with their documents: what `source` names before its `#`, or, where a line of a table is a document
 * of its own, the line (its variants, after a `/`, belong to it). Throws evals/data.
 */
export function readTexts(folder: string, datanet: string): SourcedText[] {
  try {
    const lines = readFileSync(join(folder, datanet, 'samples.jsonl'), 'utf8')
      .trim()
      .split('\n')
    return lines.flatMap((line) => {
      const { prompt, completion, contributor, source } = JSON.parse(line) as Record<string, string | undefined>
      if (!prompt || !completion || !contributor || !source) return []
      return [{ prompt, completion, contributor, document: documentOf(source) }]
    })
  } catch (cause) {
    throw new TributaryError('A Datanet can not be read.', {
      code: 'evals/data',
      facts: { datanet, folder },
      tryThis: 'give --data a folder with <datanet>/samples.jsonl',
      cause,
    })
  }
}

export function documentOf(source: string): string {
  const [file = '', place = ''] = source.split('#')
  return /^L\d+/.test(place) ? `${file}#${place.split('/')[0]}` : file
}
