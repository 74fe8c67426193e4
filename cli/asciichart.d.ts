declare module 'asciichart' {
  /** Draws a line chart of the series as text. */
  export function plot(series: readonly number[], config?: { height?: number; min?: number; max?: number }): string
  const asciichart: { plot: typeof plot }
  export default asciichart
}
