import { badInput } from './badInput.ts'
import { toRawRecord, type RawRecord } from './rawRecord.ts'

/**
 * The records of JSON Lines; blank lines are passed over. The first line that is not a JSON object stops the import.
 * Throws datanets/bad-json with line and column, or datanets/bad-record.
 */
export function readJsonl(text: string, file: string): RawRecord[] {
  const records: RawRecord[] = []
  for (const [i, line] of text.split('\n').entries()) {
    if (line.trim() === '') continue
    const place = { file, line: i + 1 }
    let value: unknown
    try {
      value = JSON.parse(line)
    } catch (cause) {
      // V8 names the position in most messages; where it does not, the text ended too early.
      const found = /at position (\d+)/.exec((cause as Error).message)
      const column = (found ? Number(found[1]) : line.trimEnd().length) + 1
      throw badInput('datanets/bad-json', 'the line is not JSON.', {
        place: { ...place, column },
        tryThis: 'mend the line: one JSON object per line, in double quotes, without a comma at its end',
        cause,
      })
    }
    records.push(toRawRecord(value, place))
  }
  return records
}
