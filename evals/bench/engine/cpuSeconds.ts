/** Seconds of all threads of this process, user and system, since `start` (process.cpuUsage()). */
export function cpuSecondsSince(start: NodeJS.CpuUsage): number {
  const { user, system } = process.cpuUsage(start)
  return (user + system) / 1e6
}

/** Seconds of all threads of this process that `work` takes. */
export async function cpuSecondsOf(work: () => Promise<unknown>): Promise<number> {
  const start = process.cpuUsage()
  await work()
  return cpuSecondsSince(start)
}
