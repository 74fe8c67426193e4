import type { TableOptions } from '../../runTable.ts'

export type GraphContext = { say: TableOptions['say']; noteVersions: (found: Record<string, string>) => unknown }
