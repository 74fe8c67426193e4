import { chmod, mkdir, mkdtemp, readdir, rename, rm } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { TributaryError } from '../kernel/index.ts'
import { findTemporal, type TemporalSource } from './findTemporal.ts'
import { refusalOf } from './refusalOf.ts'
import { noTemporal } from './resolveTemporal.ts'
import { runProgram } from './runProgram.ts'
import { sayWhile } from './sayWhile.ts'
import { cachedTemporal, temporalVersion } from './temporalVersion.ts'

export type ProvideTemporalOptions = {
  say: (line: string) => void
  env?: NodeJS.ProcessEnv
  /** The program that builds; default `go`. */
  go?: string
  /** The program that downloads, given the folder; default the SDK's own download. */
  download?: readonly [command: string, ...args: string[]]
  /** A server that can be reached is reached soon: a machine without a way out must not wait long. */
  downloadTimeoutMs?: number
  buildTimeoutMs?: number
}

const sdkDownload = [process.execPath, fileURLToPath(new URL('sdkDownload.ts', import.meta.url))] as const
const module = fileURLToPath(new URL('temporal-cli', import.meta.url))

/**
 * The Temporal server: what `findTemporal` finds, else the SDK's own download, else a build of the pinned module
 * (about 3 minutes on two cores, once per machine), both kept in the user's cache, whole or absent.
 * Throws provision/no-temporal with what each way said.
 */
export async function provideTemporal(options: ProvideTemporalOptions): Promise<TemporalSource> {
  const { say, env = process.env, go = 'go', download = sdkDownload } = options
  const { downloadTimeoutMs = 120_000, buildTimeoutMs = 3_600_000 } = options
  const found = findTemporal(env)
  if (found !== undefined) return found

  const into = cachedTemporal(env)
  const ways = [
    { name: 'download', step: "fetching the Temporal server by the SDK's own download", make: downloadInto },
    {
      name: 'build',
      step: `building the Temporal server ${temporalVersion} with Go (once; some minutes)`,
      make: buildInto,
    },
  ] as const
  const refusals: Record<string, string> = {}
  await mkdir(dirname(into), { recursive: true })
  for (const { name, step, make } of ways) {
    const folder = await mkdtemp(join(dirname(into), `.${name}-`))
    try {
      await sayWhile(say, step, async () => {
        const program = await make({ folder, env, go, download, downloadTimeoutMs, buildTimeoutMs })
        await mustRun(program, env)
        await rename(program, into)
      })
      return { kind: 'program', path: into, foundBy: 'cache' }
    } catch (error) {
      refusals[name] = refusalOf(error)
      say(`not by ${name}: ${refusals[name]}`)
    } finally {
      await rm(folder, { recursive: true, force: true })
    }
  }
  throw noTemporal(refusals)
}

type Making = { folder: string; env: NodeJS.ProcessEnv } & Required<
  Pick<ProvideTemporalOptions, 'go' | 'download' | 'downloadTimeoutMs' | 'buildTimeoutMs'>
>

async function downloadInto({ folder, env, download, downloadTimeoutMs }: Making): Promise<string> {
  const [command, ...args] = download
  const end = await runProgram(command, [...args, folder], { timeoutMs: downloadTimeoutMs, env })
  if (end.code !== 0) throw refused('The download failed.', 'provision/temporal-download', end)
  const [program] = await readdir(folder)
  if (program === undefined) throw refused('The download left nothing.', 'provision/temporal-download', end)
  await chmod(join(folder, program), 0o755)
  return join(folder, program)
}

async function buildInto({ folder, env, go, buildTimeoutMs }: Making): Promise<string> {
  const program = join(folder, process.platform === 'win32' ? 'temporal.exe' : 'temporal')
  const args = ['build', '-mod=readonly', '-trimpath', '-o', program, 'github.com/temporalio/cli/cmd/temporal']
  const end = await runProgram(go, args, { timeoutMs: buildTimeoutMs, cwd: module, env: { ...env, CGO_ENABLED: '0' } })
  if (end.reason === 'missing') throw refused('Go is not installed.', 'provision/no-go', { ...end, tail: '' })
  if (end.code !== 0) throw refused('The build failed.', 'provision/temporal-build', end)
  return program
}

async function mustRun(program: string, env: NodeJS.ProcessEnv): Promise<void> {
  const end = await runProgram(program, ['--version'], { timeoutMs: 30_000, env })
  if (end.code !== 0) throw refused('What was made does not run.', 'provision/temporal-broken', end)
}

function refused(message: string, code: `provision/${string}`, end: { tail: string; reason?: string }): TributaryError {
  const reason = [end.reason, end.tail.trim().split('\n').slice(-3).join(' ').slice(-300)].filter(Boolean).join(': ')
  return new TributaryError(message, { code, facts: { reason }, tryThis: 'see the other ways', retry: true })
}
