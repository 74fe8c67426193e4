/** Runs one task at a time, in the order of the calls. A task that fails does not stop the next. */
export type Lock = <T>(task: () => Promise<T>) => Promise<T>

export function createLock(): Lock {
  let last: Promise<unknown> = Promise.resolve()
  return (task) => {
    const run = last.then(task, task)
    last = run.catch(() => {}) // the failure belongs to whoever called, not to the next in line
    return run
  }
}
