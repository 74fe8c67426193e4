import type { BaseModel } from '../../../models/index.ts'
import type { Row } from '../../renderTable.ts'

/** What every part of the table of the engine is measured with. */
export type BenchContext = {
  readonly base: BaseModel
  /** The file or folder that the base was made from. */
  readonly source: string
  /** Whether `source` holds 4-bit matrices, which are then packed. */
  readonly hasInt4: boolean
  /** A scratch folder, removed afterwards. */
  readonly dir: string
  readonly seed: number
  readonly say: (line: string) => void
  /** Notes the versions that a peer runs with. */
  readonly noteVersions: (versions: Readonly<Record<string, string>>) => void
}

export type BenchPart = (context: BenchContext) => Promise<Row[]>
