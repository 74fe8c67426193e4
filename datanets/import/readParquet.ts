import { parquetMetadataAsync, parquetReadObjects } from 'hyparquet'
import { compressors } from 'hyparquet-compressors'
import { findError } from '../../kernel/index.ts'
import { badInput } from './badInput.ts'
import type { ImportLimits } from './limits.ts'
import { toRawRecord, type RawRecord } from './rawRecord.ts'

/**
 * The records of a Parquet file; `line` is the row, from 1. The sizes that its own footer states are held against the
 * limits before anything is unpacked. Throws datanets/bad-parquet, datanets/oversize or datanets/bad-record.
 */
export async function readParquet(bytes: Uint8Array, file: string, limits: ImportLimits): Promise<RawRecord[]> {
  const buffer = new Uint8Array(bytes).buffer
  try {
    const metadata = await parquetMetadataAsync(buffer)
    const rows = Number(metadata.num_rows)
    const unpacked = metadata.row_groups.reduce((sum, group) => sum + Number(group.total_byte_size), 0)
    if (rows > limits.samples || unpacked > limits.totalBytes) {
      throw badInput('datanets/oversize', `the file unpacks to ${rows} rows and ${unpacked} bytes.`, {
        place: { file },
        facts: { rows, unpackedBytes: unpacked, maxRows: limits.samples, maxBytes: limits.totalBytes },
        tryThis: 'split the file and import the parts one after the other',
      })
    }
    const records = await parquetReadObjects({ file: buffer, metadata, compressors })
    return records.map((record, i) => toRawRecord(record, { file, line: i + 1 }))
  } catch (cause) {
    if (findError(cause)) throw cause
    throw badInput('datanets/bad-parquet', "the file can't be read as Parquet.", {
      place: { file },
      facts: { reason: cause instanceof Error ? cause.message.slice(0, 200) : 'unknown' },
      tryThis: 'write it again as plain Parquet with text columns: prompt, completion, contributor, licence',
      cause,
    })
  }
}
