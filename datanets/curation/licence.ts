import correctSpdx from 'spdx-correct'
import parseSpdx from 'spdx-expression-parse'
import satisfiesSpdx from 'spdx-satisfies'

/**
 * Licences of texts from which a model may be made whose answers are sold, if credit is given. Left out on purpose:
 * share-alike (CC-BY-SA, GPL, LGPL, AGPL), non-commercial and no-derivatives terms, and everything unknown. MPL-2.0 is
 * in: its copyleft covers the file itself, not a larger work. A Datanet can set a list of its own.
 */
export const permissiveLicences: readonly string[] = [
  '0BSD',
  'Apache-2.0',
  'Artistic-2.0',
  'BlueOak-1.0.0',
  'BSD-2-Clause',
  'BSD-3-Clause',
  'BSL-1.0',
  'CC-BY-3.0',
  'CC-BY-4.0',
  'CC0-1.0',
  'ISC',
  'MIT',
  'MIT-0',
  'MPL-2.0',
  'Python-2.0',
  'Unicode-3.0',
  'Unlicense',
  'WTFPL',
  'Zlib',
]

/**
 * The SPDX expression that a text means: itself where it is one, else the nearest known spelling ('Apache 2' is
 * Apache-2.0), else undefined. Never changes '-only' into '-or-later'.
 */
export function normaliseLicence(text: string): string | undefined {
  const trimmed = text.trim()
  if (isExpression(trimmed)) return trimmed
  if (trimmed === '' || /^(unlicensed|see licen[sc]e|proprietary|none)/i.test(trimmed)) return undefined
  return correctSpdx(trimmed, { upgrade: false }) ?? undefined
}

/** Whether an SPDX expression can be met by the allowed licences alone: any side of OR, both sides of AND. */
export function satisfiesLicence(expression: string, allowed: readonly string[]): boolean {
  return satisfiesSpdx(expression, allowed)
}

function isExpression(text: string): boolean {
  try {
    parseSpdx(text)
    return true
  } catch {
    // The parser has no other way of saying no.
    return false
  }
}
