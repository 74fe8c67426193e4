import { readFileSync } from 'node:fs'
import type { BaseModel } from '../../../models/index.ts'

/** Passages of one length out of the licence of this project, a text that never changes, as tokens. */
export function passages(base: BaseModel, count: number, length: number): number[][] {
  const text = readFileSync(new URL('../../../LICENSE', import.meta.url), 'utf8').replaceAll(/\s+/g, ' ')
  let ids = base.tokenizer.encode(text)
  while (ids.length < length + count) ids = [...ids, ...ids]
  const stride = Math.floor((ids.length - length) / count)
  return Array.from({ length: count }, (_, i) => ids.slice(i * stride, i * stride + length))
}
