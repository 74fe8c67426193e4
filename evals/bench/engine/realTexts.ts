import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import type { BaseModel } from '../../../models/index.ts'
import { passages } from './benchText.ts'

/**
 * Real text of several fields as tokens: samples of the Datanets in the folder TRIBUTARY_DATA, in turns; where it is not
 * set, passages of our licence.
 */
export function realTexts(base: BaseModel, count: number, length: number): { name: string; texts: number[][] } {
  const folder = process.env['TRIBUTARY_DATA']
  if (!folder) return { name: 'the licence', texts: passages(base, count, length) }
  const nets = readdirSync(folder, { withFileTypes: true }).filter((entry) => entry.isDirectory())
  const perNet = Math.ceil(count / nets.length)
  const texts = nets.flatMap(({ name }) => {
    const lines = readFileSync(join(folder, name, 'samples.jsonl'), 'utf8')
      .trim()
      .split('\n')
    const stride = Math.floor(lines.length / perNet)
    return Array.from({ length: perNet }, (_, i) => textOf(base, lines.slice(i * stride, i * stride + 40), length))
  })
  return { name: `${nets.length} Datanets`, texts: texts.slice(0, count) }
}

/** Samples one after another, as many as are needed. */
function textOf(base: BaseModel, lines: string[], length: number): number[] {
  let text = ''
  for (const line of lines) {
    const { prompt, completion } = JSON.parse(line) as { prompt: string; completion: string }
    text += `${prompt}\n${completion}\n\n`
    const ids = base.tokenizer.encode(text)
    if (ids.length >= length) return ids.slice(0, length)
  }
  throw new Error('the samples are too short for the bench')
}
