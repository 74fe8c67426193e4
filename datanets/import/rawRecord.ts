import { badInput, type Place } from './badInput.ts'

/** One record as it stands in a file, before it is judged. */
export type RawRecord = {
  place: Place
  prompt?: string
  completion?: string
  text?: string
  contributor?: string
  licence?: string
  source?: string
  salt?: string
  signature?: string
  signer?: string
  importedBy?: string
}

const fields = [
  'prompt',
  'completion',
  'text',
  'contributor',
  'licence',
  'source',
  'salt',
  'signature',
  'signer',
  'importedBy',
] as const

/**
 * Picks the known fields of a parsed line or row; others, such as an id or notes of its author, are left alone.
 * `license` counts as `licence`, null and '' as absent. Throws datanets/bad-record for a field that is not text.
 */
export function toRawRecord(value: unknown, place: Place): RawRecord {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) {
    throw badInput('datanets/bad-record', 'is not an object with fields.', {
      place,
      tryThis: 'write one object per record: {"prompt", "completion", "contributor", "licence"}',
    })
  }
  const given = value as Record<string, unknown>
  const record: RawRecord = { place }
  for (const field of fields) {
    const found = given[field] ?? (field === 'licence' ? given['license'] : undefined)
    if (found === undefined || found === null || found === '') continue
    if (typeof found !== 'string') {
      throw badInput('datanets/bad-record', `the field ${field} is not text.`, {
        place,
        facts: { field, found: typeof found },
        tryThis: `write ${field} as a string`,
      })
    }
    record[field] = found
  }
  return record
}
