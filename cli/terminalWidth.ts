/** Columns to draw for: those of the terminal, or 100 where the output goes elsewhere. */
export function terminalWidth({ columns }: { columns?: number } = process.stdout): number {
  return Math.max(60, columns ?? 100)
}
