import { isDeepStrictEqual } from 'node:util'
import type { Table } from './renderTable.ts'

/**
 * The rows just measured, and of the stored table those of other parts, in the order of `parts`. Rows of another machine,
 * other versions or another seed are not comparable: then only the fresh ones stay. Versions that one of the two does not
 * tell (of a peer that its parts did not need) do not count.
 */
export function mergeTables(fresh: Table, stored: Table | undefined, parts: readonly string[]): Table {
  const same =
    stored !== undefined &&
    stored.seed === fresh.seed &&
    isDeepStrictEqual(stored.machine, fresh.machine) &&
    Object.entries(stored.versions).every(([name, version]) => (fresh.versions[name] ?? version) === version)
  if (!same) return fresh
  const measured = new Set(fresh.rows.map(({ part }) => part))
  const place = ({ part = '' }): number => parts.indexOf(part)
  const kept = stored.rows.filter(({ part }) => part !== undefined && parts.includes(part) && !measured.has(part))
  const rows = [...kept, ...fresh.rows].toSorted((a, b) => place(a) - place(b))
  return { ...fresh, versions: { ...stored.versions, ...fresh.versions }, rows }
}
