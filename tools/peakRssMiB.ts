import { readdirSync, readFileSync } from 'node:fs'

/**
 * Peak memory of this process and of all that it started, in MiB: the sum of each one's own high-water mark, which is no
 * less than the true peak of the sum. Other systems than Linux tell it for this process alone.
 */
export function peakRssMiB(): number {
  if (process.platform !== 'linux') return Math.round(process.resourceUsage().maxRSS / 1024)
  const children = Map.groupBy(processes(), ({ parent }) => parent)
  const seen: number[] = [process.pid]
  for (const pid of seen) for (const child of children.get(pid) ?? []) seen.push(child.pid)
  return Math.round(seen.reduce((sum, pid) => sum + highWaterKiB(pid), 0) / 1024)
}

function processes(): { pid: number; parent: number }[] {
  return readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .map((name) => ({ pid: Number(name), parent: Number(field(Number(name), 'PPid') ?? 0) }))
}

function highWaterKiB(pid: number): number {
  return Number.parseInt(field(pid, 'VmHWM') ?? '0', 10)
}

function field(pid: number, name: string): string | undefined {
  try {
    return new RegExp(`^${name}:\\s*(.*)$`, 'm').exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1]
  } catch {
    return undefined // it ended meanwhile
  }
}
