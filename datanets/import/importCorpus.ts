import { stat } from 'node:fs/promises'
import { basename, extname } from 'node:path'
import { setImmediate } from 'node:timers/promises'
import { digestBytes, digestOf, type Digest } from '../../kernel/index.ts'
import type { SigningScope } from '../contributions/typedData.ts'
import { badInput } from './badInput.ts'
import { defaultImportLimits, type ImportLimits } from './limits.ts'
import type { RawRecord } from './rawRecord.ts'
import { readCsv } from './readCsv.ts'
import { readFolder } from './readFolder.ts'
import { readJsonl } from './readJsonl.ts'
import { readParquet } from './readParquet.ts'
import { decodeText, readBytes } from './readText.ts'
import { toSample, type ImportedSample } from './toSample.ts'

export type ImportOptions = {
  datanet: string
  scope?: SigningScope
  licence?: string
  limits?: Partial<ImportLimits>
  unknownLicence?: 'refuse' | 'curate'
}

/** What an import found. Samples are in the order of the files: the order in which they will be committed. */
export type Imported = {
  samples: ImportedSample[]
  /** Digest over names and contents of all files that were read. */
  sources: Digest
  files: number
  /** Records that repeat an earlier one in every field, which are left out. */
  repeated: number
}

/**
 * Reads a corpus: a JSONL, CSV or Parquet file, or a folder of Markdown and text (see readFolder). Records have prompt
 * and completion, or text, and contributor, licence and source; signed ones signature too, with salt and importedBy
 * where those were signed. All of it is parsed and judged before anything is returned: the first fault stops the import
 * and is thrown as a coded error `datanets/…` with file, line and column, so that nothing is imported by half.
 */
export async function importCorpus(path: string, options: ImportOptions): Promise<Imported> {
  const limits = { ...defaultImportLimits, ...options.limits }
  const { records, files } = await readRecords(path, limits)
  if (records.length === 0 || records.length > limits.samples) {
    const some = records.length > 0
    throw badInput(some ? 'datanets/oversize' : 'datanets/empty', `it holds ${records.length} samples.`, {
      place: { file: basename(path) },
      facts: { samples: records.length, maxSamples: limits.samples },
      tryThis: some ? 'split the corpus and import its parts' : 'name a corpus with at least one sample',
    })
  }
  const rules = { ...options, limits, unknownLicence: options.unknownLicence ?? 'refuse' }
  const samples = new Map<Digest, ImportedSample>()
  for (const [i, record] of records.entries()) {
    // A large corpus takes seconds: the process that reads it also serves.
    if (i % 500 === 499) await setImmediate()
    const imported = await toSample(record, rules)
    if (!samples.has(imported.sample.id)) samples.set(imported.sample.id, imported)
  }
  return {
    samples: [...samples.values()],
    sources: digestOf(files.map(({ file, bytes }) => [file, digestBytes(bytes)])),
    files: files.length,
    repeated: records.length - samples.size,
  }
}

async function readRecords(path: string, limits: ImportLimits) {
  const file = basename(path)
  const isFolder = await stat(path).then(
    (found) => found.isDirectory(),
    () => false,
  )
  if (isFolder) return readFolder(path, limits)
  const bytes = await readBytes(path, file, limits.fileBytes)
  const files = [{ file, bytes }]
  const kind = extname(path).toLowerCase()
  if (kind === '.parquet') return { records: await readParquet(bytes, file, limits), files }
  const readers: Record<string, (text: string, file: string) => RawRecord[]> = {
    '.jsonl': readJsonl,
    '.ndjson': readJsonl,
    '.csv': readCsv,
  }
  const reader = readers[kind]
  if (reader === undefined) {
    throw badInput('datanets/unknown-format', `files with the ending '${kind}' are not read.`, {
      place: { file },
      facts: { ending: kind },
      tryThis: 'name a .jsonl, .csv or .parquet file, or a folder of Markdown and text',
    })
  }
  return { records: reader(decodeText(bytes, file), file), files }
}
