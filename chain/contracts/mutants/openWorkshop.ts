import { cpSync, mkdirSync, readdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { join, posix } from 'node:path'
import { fileURLToPath } from 'node:url'
import { TributaryError } from '../../../kernel/index.ts'
import { forgeResults, runForge } from '../runForge.ts'
import { serveSolc } from '../serveSolc.ts'
import { plant, type Mutant } from './findMutants.ts'

export type Outcome = { outcome: 'killed' | 'survived' | 'does not compile'; by?: string }

export type Workshop = {
  /** Sources of our contracts by file below chain/contracts: no interface and no test. */
  sources: ReadonlyMap<string, string>
  /** All that decides an outcome: every source and test, and the settings. */
  contents: string
  attempt: (mutant: Mutant) => Promise<Outcome>
  close: () => Promise<void>
}

/** A first look with few runs kills most; only what survives it is tried with as many as `npm run test:contracts`. */
const quick = { FOUNDRY_FUZZ_RUNS: '32', FOUNDRY_INVARIANT_RUNS: '8', FOUNDRY_INVARIANT_DEPTH: '32' }

/** A planted loop without end is killed by the clock. */
const timeoutMs = 240_000

/**
 * A copy of the contracts in which bugs are planted, one at a time, so that nobody's sources are touched. Its own cache of
 * what is compiled stays for the next time. Throws chain/mutants-base when the tests fail before anything was planted.
 */
export async function openWorkshop(
  contracts = fileURLToPath(new URL('../', import.meta.url)),
  folder = fileURLToPath(new URL('../../../node_modules/.cache/tributary/mutants', import.meta.url)),
): Promise<Workshop> {
  const copy = join(folder, 'chain', 'contracts')
  rmSync(copy, { recursive: true, force: true })
  mkdirSync(join(folder, 'chain'), { recursive: true })
  cpSync(contracts, copy, { recursive: true })
  rmSync(join(folder, 'node_modules'), { force: true })
  symlinkSync(
    fileURLToPath(new URL('../../../node_modules', import.meta.url)),
    join(folder, 'node_modules'),
    'junction',
  )
  const files = readdirSync(copy, { recursive: true, encoding: 'utf8' }).toSorted()
  const all = new Map(
    files
      .filter((file) => file.endsWith('.sol'))
      .map((file) => [file.replaceAll('\\', '/'), readFileSync(join(copy, file), 'utf8')]),
  )
  const sources = new Map([...all].filter(([file]) => isOurs(file)))
  const compiler = await serveSolc()
  const forge = (args: readonly string[], env: Record<string, string>) =>
    // Gas would tell almost any change apart, and proves nothing.
    runForge(['test', '--json', '--fail-fast', '--no-match-contract', 'GasTest', ...args], {
      root: folder,
      cache: join(folder, 'forge'),
      // Without the optimiser a contract compiles in a third of the time, to more code than a chain would take, and does the same.
      env: {
        ...env,
        TRIBUTARY_SOLC_PORT: String(compiler.port),
        FOUNDRY_OPTIMIZER: 'false',
        FOUNDRY_DISABLE_CODE_SIZE_LIMIT: 'true',
        // That it fails is enough: the shortest way to it is not looked for.
        FOUNDRY_INVARIANT_SHRINK_RUN_LIMIT: '0',
      },
      timeoutMs,
      quiet: true,
    })

  const base = await forge([], quick)
  const failing = forgeResults(base.stdout).find(({ ok }) => !ok)
  if (base.code !== 0 || failing) {
    await compiler.close()
    throw new TributaryError('The tests of the contracts fail before a bug is planted.', {
      code: 'chain/mutants-base',
      facts: { test: failing?.test ?? '', said: `${failing?.reason ?? ''}${base.stderr}`.slice(0, 400) },
      tryThis: 'run npm run test:contracts and mend what it names',
    })
  }
  return {
    sources,
    contents: JSON.stringify([...all, readFileSync(join(copy, 'foundry.toml'), 'utf8')]),
    async attempt(mutant) {
      const file = join(copy, mutant.file)
      const source = sources.get(mutant.file)!
      writeFileSync(file, plant(source, mutant))
      try {
        const seers = testsThatSee(all, mutant.file)
        const paths = ['--match-path', `{${seers.map((seer) => `chain/contracts/${seer}`).join(',')},}`]
        for (const env of [quick, {}]) {
          const { code, stdout, stderr, timedOut } = await forge(paths, env)
          if (timedOut) return { outcome: 'killed', by: 'the clock' }
          if (stdout.includes('Compiler run failed') || stderr.includes('Compiler run failed'))
            return { outcome: 'does not compile' }
          const results = forgeResults(stdout)
          const killer = results.find(({ ok }) => !ok)
          if (killer) return { outcome: 'killed', by: `${killer.suite.split(':').at(-1)} ${killer.test}` }
          if (code !== 0 || results.length === 0) return { outcome: 'killed', by: 'forge, which gave up' }
        }
        return { outcome: 'survived' }
      } finally {
        writeFileSync(file, source)
      }
    },
    close: async () => {
      await compiler.close()
      rmSync(copy, { recursive: true, force: true })
    },
  }
}

function isOurs(file: string): boolean {
  return !file.startsWith('test/') && !file.endsWith('.t.sol') && !/(^|\/)I[A-Z]\w*\.sol$/.test(file)
}

/** Test files that reach this one by imports, directly or through others. */
export function testsThatSee(all: ReadonlyMap<string, string>, file: string): string[] {
  const reached = new Set([file])
  for (let grown = true; grown;) {
    grown = false
    for (const [other, source] of all) {
      if (reached.has(other)) continue
      const imports = [...source.matchAll(/^import\s[^;]*?"(\.[^"]+)";/gm)].map(([, path]) =>
        posix.normalize(posix.join(posix.dirname(other), path!)),
      )
      if (!imports.some((path) => reached.has(path))) continue
      reached.add(other)
      grown = true
    }
  }
  return [...reached].filter((name) => name.endsWith('.t.sol')).toSorted()
}
