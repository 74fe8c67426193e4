/**
 * Settings of a Temporal dev server, as arguments of `temporal server start-dev`. Its one shard reads each of its task
 * queues 20 times a second at most, so a step that does nothing took 102 ms: a wait of 50 ms before its activity and one
 * before the workflow goes on. Read as often as there is something, and with an activity handed out in the same answer
 * that takes its schedule, a step takes 12 to 16 ms.
 */
export const devServerSettings: readonly string[] = [
  'history.transferProcessorMaxPollRPS=1000',
  'history.timerProcessorMaxPollRPS=1000',
  'history.visibilityProcessorMaxPollRPS=1000',
  'system.enableActivityEagerExecution=true',
].flatMap((setting) => ['--dynamic-config-value', setting])

/** For a dev server that keeps its state in a file: what is committed outlives a kill of the process. */
export const devServerFileSettings: readonly string[] = ['--sqlite-pragma', 'journal_mode=wal']
