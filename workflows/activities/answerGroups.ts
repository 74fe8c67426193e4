import { digestText, type Digest } from '../../kernel/index.ts'

/** The group of an adapter: its digest modulo their number, so that all gateways and workers agree without asking. */
export function groupOf(adapter: Digest, groups: number): number {
  return Number.parseInt(adapter.slice(2, 10), 16) % groups
}

/** The task queue of a group. Their number is in its name: processes that divide otherwise share no queue. */
export function queueOf(group: number, groups: number): string {
  return `answers-${groups}-${group}`
}

/**
 * The groups that one of the workers serves: each group is the worker's whose hash with it is highest (rendezvous
 * hashing), so that a worker which comes or goes moves only the groups that become or were its own, about 1 in n.
 */
export function groupsOf(worker: string, workers: readonly string[], groups: number): number[] {
  return Array.from({ length: groups }, (_, group) => group).filter((group) => workerOf(group, workers) === worker)
}

/** The worker that serves a group; undefined where there is none. */
export function workerOf(group: number, workers: readonly string[]): string | undefined {
  let best: { worker: string; hash: string } | undefined
  for (const worker of workers) {
    const hash = digestText(`${group}/${worker}`)
    if (best === undefined || hash > best.hash) best = { worker, hash }
  }
  return best?.worker
}
