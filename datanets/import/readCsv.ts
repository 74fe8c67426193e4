import { CsvError, parse } from 'csv-parse/sync'
import { badInput } from './badInput.ts'
import { toRawRecord, type RawRecord } from './rawRecord.ts'

type Row = { record: Record<string, string>; info: { lines: number } }

/**
 * The records of a CSV file whose first line names the columns. A record's line is the one on which it ends.
 * Throws datanets/bad-csv with the line, or datanets/bad-record.
 */
export function readCsv(text: string, file: string): RawRecord[] {
  let rows: Row[]
  try {
    rows = parse(text, {
      columns: (names: string[]) => names.map((name) => name.trim()),
      bom: true,
      info: true,
      skip_empty_lines: true,
    }) as unknown[] as Row[]
  } catch (cause) {
    const line = cause instanceof CsvError && typeof cause['lines'] === 'number' ? { line: cause['lines'] } : {}
    throw badInput('datanets/bad-csv', 'the file is not CSV.', {
      place: { file, ...line },
      facts: { reason: cause instanceof CsvError ? cause.code : 'unknown' },
      tryThis: 'give each record as many fields as the first line has, and double the quotes inside of quotes',
      cause,
    })
  }
  return rows.map(({ record, info }) => toRawRecord(record, { file, line: info.lines }))
}
