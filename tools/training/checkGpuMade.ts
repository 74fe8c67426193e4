import { TributaryError, type Digest } from '../../kernel/index.ts'

/** Compares what a GPU worker says it made with what lies in the run's folder. Throws tools/gpu-differs. */
export function checkGpuMade(what: string, said: readonly Digest[] | undefined, found: readonly Digest[]): void {
  if (said === undefined || said.join() === found.join()) return
  throw new TributaryError(`What the GPU worker says it made is not what is there: ${what}.`, {
    code: 'tools/gpu-differs',
    facts: { what, said: [...said], found: [...found] },
    tryThis: 'check that gateway and worker share one home folder and run the same version; then train again',
  })
}
