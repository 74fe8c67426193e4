import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { TributaryError } from '../../kernel/index.ts'

export type DatanetText = { prompt: string; completion: string; contributor: string }

/** The samples of a Datanet in the folder TRIBUTARY_DATA, in their order. Throws evals/data. */
export function readDatanet(name: string): DatanetText[] {
  const folder = process.env['TRIBUTARY_DATA']
  try {
    if (!folder) throw new Error('TRIBUTARY_DATA is not set')
    const lines = readFileSync(join(folder, name, 'samples.jsonl'), 'utf8')
      .trim()
      .split('\n')
    return lines.map((line) => JSON.parse(line) as DatanetText)
  } catch (cause) {
    throw new TributaryError('The evaluation needs texts of Datanets.', {
      code: 'evals/data',
      facts: { datanet: name, folder: folder ?? '' },
      tryThis: 'set TRIBUTARY_DATA to a folder with <datanet>/samples.jsonl',
      cause,
    })
  }
}
