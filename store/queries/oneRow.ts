import { TributaryError } from '../../kernel/index.ts'

/** The row, or store/not-found with what was looked for. */
export function oneRow<T>(rows: readonly T[], what: string, key: Record<string, string | number>): T {
  const row = rows[0]
  if (row === undefined) {
    throw new TributaryError(`There is no such ${what} in the store.`, {
      code: 'store/not-found',
      facts: { what, ...key },
      tryThis: 'check the id; tributary status lists what this home holds',
    })
  }
  return row
}
