import { median } from './median.ts'

/**
 * Medians of several contenders, measured in turns (ours, peer, ours, peer, ...), so that whatever else the machine does
 * hits all of them alike. A first round of each warms up and does not count.
 */
export async function interleaved<Name extends string>(
  rounds: number,
  contenders: Record<Name, () => Promise<number>>,
): Promise<Record<Name, number>> {
  const entries = Object.entries(contenders) as [Name, () => Promise<number>][]
  const measured = new Map(entries.map(([name]) => [name, [] as number[]]))
  for (const [, measure] of entries) await measure()
  for (let round = 0; round < rounds; round++)
    for (const [name, measure] of entries) measured.get(name)!.push(await measure())
  return Object.fromEntries([...measured].map(([name, values]) => [name, median(values)])) as Record<Name, number>
}
