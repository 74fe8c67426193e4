/** Slices of at most `size` rows: Postgres takes 65,535 parameters a statement. */
export function* inChunks<T>(rows: readonly T[], size = 1_000): Generator<T[]> {
  for (let from = 0; from < rows.length; from += size) yield rows.slice(from, from + size)
}
