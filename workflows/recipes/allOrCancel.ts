import { CancellationScope } from '@temporalio/workflow'

/**
 * Runs tasks side by side. The first that fails cancels the others; all have ended before its failure is thrown, so that whoever takes
 * back what they did meets nobody who is still at it.
 */
export async function allOrCancel(tasks: readonly (() => Promise<void>)[]): Promise<void> {
  const failures: unknown[] = []
  await CancellationScope.cancellable(async () => {
    const scope = CancellationScope.current()
    await Promise.all(
      tasks.map(async (task) => {
        try {
          await task()
        } catch (failure) {
          failures.push(failure)
          scope.cancel()
        }
      }),
    )
  })
  if (failures.length > 0) throw failures[0]
}
