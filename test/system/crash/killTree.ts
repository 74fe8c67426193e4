import { execFile } from 'node:child_process'
import { promisify } from 'node:util'

const run = promisify(execFile)

/** SIGKILL of a process and of all that it started, at one moment: what a machine that loses its power does to them. */
export async function killTree(pid: number): Promise<void> {
  const { stdout } = await run('ps', ['-A', '-o', 'pid=', '-o', 'ppid='])
  const parents = stdout.trim().split('\n').map((line) => line.trim().split(/\s+/).map(Number) as [number, number]) // prettier-ignore
  const tree = [pid]
  for (const parent of tree) for (const [child, of] of parents) if (of === parent) tree.push(child)
  for (const each of tree) {
    try {
      process.kill(each, 'SIGKILL')
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'ESRCH') throw error
    }
  }
}
