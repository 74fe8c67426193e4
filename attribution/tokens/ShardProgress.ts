/** What is done to a shard while it is made, in order: `done` of `of` symbols or bytes. */
export type ShardProgress = { phase: 'sort' | 'refine' | 'induce' | 'pack' | 'write'; done: number; of: number }

export type TellProgress = (progress: ShardProgress) => void
