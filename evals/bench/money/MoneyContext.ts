import type { Row } from '../../renderTable.ts'
import type { TableOptions } from '../../runTable.ts'

export type MoneyContext = Pick<TableOptions, 'seed' | 'say'> & {
  noteVersions: (found: Record<string, string>) => void
}
export type MoneyPart = (context: MoneyContext) => Promise<Row[]>
