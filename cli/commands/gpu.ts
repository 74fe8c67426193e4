import { Command } from 'commander'

/** What of the options goes to the worker as it stands. */
const passedOn = ['device', 'threads', 'rowsAtOnce', 'address', 'namespace'] as const

type Options = { base: string[] } & { [Name in (typeof passedOn)[number]]?: string }

export const gpuCommand = (_print: (line: string) => void): Command =>
  new Command('gpu')
    .description('Train on this machine’s GPU what a running home asks for: a worker on Temporal’s task queue `gpu`.')
    .option('--device <device>', 'auto, cuda or cpu; auto takes CUDA where it is there')
    .option('--base <folder>', 'a base model’s folder, or a folder of several; repeatable', appended, [])
    .option('--rows-at-once <rows>', 'rows of a micro-batch of runs that begin here; by the free memory unless given')
    .option('--threads <threads>', 'of a processor, 1 unless given: they are part of what its bits depend on')
    .option('--address <host:port>', 'of Temporal: TEMPORAL_ADDRESS, else that of the home')
    .option('--namespace <namespace>', 'of Temporal, `default` unless given')
    .action(async ({ base, ...options }: Options) => {
      const { runGpuWorker } = await import('../runGpuWorker.ts')
      const flags = passedOn.flatMap((name) => {
        const value = options[name]
        return value === undefined ? [] : [`--${name === 'rowsAtOnce' ? 'rows-at-once' : name}`, value]
      })
      process.exitCode = await runGpuWorker([...flags, ...base.flatMap((folder) => ['--base', folder])])
    })

function appended(value: string, before: string[]): string[] {
  return [...before, value]
}
