import { CsvError, parse } from 'csv-parse/sync'
import { z } from 'zod'
import { badInput } from './badInput.ts'
import { toRawRecord, type RawRecord } from './rawRecord.ts'

const rowSchema = z.object({ record: z.record(z.string(), z.string()), info: z.object({ lines: z.int() }) })
type Row = z.infer<typeof rowSchema>

const trimNames = (names: string[]) => names.map((name) => name.trim())

/**
 * The records of a CSV file whose first line names the columns. A record's line is the one on which it ends.
 * Throws datanets/bad-csv with the line, or datanets/bad-record.
 */
export function readCsv(text: string, file: string): RawRecord[] {
  let rows: Row[]
  try {
    const options = { columns: trimNames, bom: true, info: true as const, skip_empty_lines: true }
    // The types of csv-parse leave `info` out of the record's form; at run time it is {info, record}.
    rows = z.array(rowSchema).parse(parse(text, options))
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
