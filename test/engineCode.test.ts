import { join } from 'node:path'
import { expect, test } from 'vitest'
import { attributionEngines, attributionMethods, firstEngine, readMethodIds } from '../attribution/index.ts'
import { digestOf } from '../kernel/index.ts'
import { codeDigestOf } from '../scripts/docs/codeDigestOf.ts'

test('the newest version on board names the code that computes scores today: if not, run node scripts/engineCode.ts', () => {
  const code = codeDigestOf(join(import.meta.dirname, '..'))
  expect([...attributionEngines.values()].at(-1)?.document.code).toBe(code)
})

test('every version on board is under the digest of its document, and names methods that are registered, in their roles', () => {
  for (const [digest, { document }] of attributionEngines) {
    expect(digest).toBe(digestOf(document))
    for (const group of [document.receipt, document.money])
      for (const sample of [document.insideGroups, document.fallback, document.unsplit])
        expect(readMethodIds(`${group}+${sample}`)).toEqual({ group, sample })
  }
  expect(Object.keys(attributionMethods)).toContain(firstEngine.document.receipt)
})
