import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { delimiter, dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { platformBinary } from '../anvil/anvilBinary.ts'

const repository = fileURLToPath(new URL('../../', import.meta.url))

export type ForgeRun = {
  code: number | null
  stdout: string
  /** Empty where it went straight to this process's own. */
  stderr: string
  /** It ran past `timeoutMs` and was ended. */
  timedOut: boolean
}

/**
 * Runs forge offline over chain/contracts below `root` (the repository, or a copy), with its settings there. What it compiled is
 * kept under `cache`. Cost: 12 s of one core from nothing, 3 s after a change of one contract, for forge links tests at run time.
 */
export async function runForge(
  args: readonly string[],
  {
    root = repository,
    cache = join(repository, 'node_modules', '.cache', 'tributary', 'forge'),
    env = {},
    timeoutMs = 0,
    quiet = false,
  }: { root?: string; cache?: string; env?: Record<string, string>; timeoutMs?: number; quiet?: boolean } = {},
): Promise<ForgeRun> {
  const child = spawn(platformBinary('forge'), [...args, '--root', root], {
    cwd: root,
    stdio: ['ignore', 'pipe', quiet ? 'pipe' : 'inherit'],
    timeout: timeoutMs,
    killSignal: 'SIGKILL',
    env: {
      ...process.env,
      // solcJs.mjs is run by the Node that runs this.
      PATH: `${dirname(process.execPath)}${delimiter}${process.env['PATH'] ?? ''}`,
      FOUNDRY_CONFIG: join(root, 'chain', 'contracts', 'foundry.toml'),
      FOUNDRY_OUT: join(cache, 'out'),
      FOUNDRY_CACHE_PATH: join(cache, 'cache'),
      FOUNDRY_DISABLE_NIGHTLY_WARNING: '1',
      ...env,
    },
  })
  const [out, err]: [Buffer[], Buffer[]] = [[], []]
  child.stdout?.on('data', (chunk: Buffer) => out.push(chunk))
  child.stderr?.on('data', (chunk: Buffer) => err.push(chunk))
  const [code, signal] = (await once(child, 'close')) as [number | null, string | null]
  const text = (chunks: Buffer[]): string => Buffer.concat(chunks).toString('utf8')
  return { code, stdout: text(out), stderr: text(err), timedOut: signal === 'SIGKILL' }
}

export type ForgeResult = { suite: string; test: string; ok: boolean; reason: string }

/** The single results of `forge test --json`. Empty where it did not come to testing. */
export function forgeResults(stdout: string): ForgeResult[] {
  const text = stdout.trim()
  const suites = (text.startsWith('{') ? JSON.parse(text) : {}) as Record<
    string,
    { test_results: Record<string, { status: string; reason: string | null }> }
  >
  return Object.entries(suites).flatMap(([suite, { test_results: results }]) =>
    Object.entries(results).map(([test, { status, reason }]) => {
      return { suite, test, ok: status === 'Success', reason: reason ?? status }
    }),
  )
}
