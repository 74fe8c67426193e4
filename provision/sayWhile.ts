/** Says what is being done, then every ten seconds for how long, then how long it took. Rejects as `work` does. */
export async function sayWhile<T>(say: (line: string) => void, step: string, work: () => Promise<T>): Promise<T> {
  const from = Date.now()
  const seconds = (): number => Math.round((Date.now() - from) / 1000)
  say(`${step} …`)
  const timer = setInterval(() => say(`${step}: ${seconds()} s`), 10_000)
  try {
    const result = await work()
    say(`${step}: done in ${seconds()} s`)
    return result
  } finally {
    clearInterval(timer)
  }
}
