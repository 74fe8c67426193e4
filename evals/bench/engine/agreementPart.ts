import { packInt4, readLogits, type BaseModel, type Int4Weights } from '../../../models/index.ts'
import type { Row } from '../../renderTable.ts'
import type { BenchContext } from './BenchContext.ts'
import { judged } from './judged.ts'
import { realTexts } from './realTexts.ts'

const textTokens = 72
const texts = 32

/**
 * How often the packed weights name the likeliest token of float32: 2,304 places of real text, fed token by token as an
 * answer is, with inputs of 8 bits (mode int4) and of 16 (int4a16).
 */
export async function agreementPart({ base, source, hasInt4, say }: BenchContext): Promise<Row[]> {
  if (!hasInt4) return []
  const blocks = await packInt4({ base, file: source })
  const { name, texts: chosen } = realTexts(base, texts, textTokens)
  say(`the likeliest token at ${texts * textTokens} places of ${name}`)
  const exact = await likeliest(base, chosen)
  const rows: Row[] = []
  for (const [mode, blockInputs] of [
    ['int4a16', 'int16'],
    ['int4', 'int8'],
  ] as const) {
    const found = await likeliest(base, chosen, { blocks, blockInputs })
    const same = found.filter((token, i) => token === exact[i]).length
    const row = { figure: `top-1 agreement of ${mode} with fp32, ${found.length} places of ${name}`, unit: 'of all' }
    rows.push(judged({ ...row, value: same / found.length }, { of: 'value', least: 0.99 }))
  }
  return rows
}

async function likeliest(
  base: BaseModel,
  all: number[][],
  options?: { blocks: Int4Weights; blockInputs: 'int8' | 'int16' },
): Promise<number[]> {
  const found: number[] = []
  for (let at = 0; at < all.length; at += 8) {
    const batch = { base, texts: all.slice(at, at + 8), ...(options ? { options } : {}) }
    found.push(
      ...(await readLogits(batch, (logits) =>
        logits.reduce((best, value, i) => (value > logits[best]! ? i : best), 0),
      )),
    )
  }
  return found
}
