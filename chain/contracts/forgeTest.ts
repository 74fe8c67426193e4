import { coverage } from './coverage.ts'
import { forgeResults, runForge } from './runForge.ts'

/**
 * `node chain/contracts/forgeTest.ts [forge arguments]`: unit, fuzz and invariant tests of the contracts, offline.
 * Ends with forge's exit code. `FOUNDRY_PROFILE=thorough` takes more runs. `forge` checks its own finding of tests:
 * none found is an error here. Without arguments gas that differs from chain/contracts/gas fails too; `--gas` writes it anew.
 * `--coverage`: instead, what the tests reach.
 */
const args = process.argv.slice(2)
if (args.includes('--coverage')) await coverage()
else if (args.includes('--gas')) await gas('write')
else {
  await test(args)
  if (args.length === 0) await gas('check')
}

async function test(wanted: readonly string[]): Promise<void> {
  const { code, stdout } = await runForge(['test', '--json', '--no-match-contract', 'GasTest', ...wanted])
  const results = forgeResults(stdout)
  const failed = results.filter(({ ok }) => !ok)
  for (const { suite, test: name, reason } of failed) console.error(`${suite} ${name}: ${reason}`)
  if (results.length === 0) console.error(`forge ran no test. ${stdout}`)
  console.log(`contracts: ${results.length - failed.length} passed, ${failed.length} failed`)
  process.exitCode = results.length > 0 && failed.length === 0 && code === 0 ? 0 : 1
}

/** Forge compares or writes gas only where it speaks to people, so this is a run of its own. */
async function gas(what: 'check' | 'write'): Promise<void> {
  const env = {
    FORGE_SNAPSHOT_CHECK: String(what === 'check'),
    FORGE_SNAPSHOT_EMIT: String(what === 'write'),
  }
  const { code, stdout, stderr } = await runForge(['test', '--match-contract', 'GasTest'], { env, quiet: true })
  const figures = /(\d+) tests passed/.exec(stdout)?.[1] ?? '0'
  if (code !== 0 || figures === '0') {
    console.error(`${stderr}\n${/Ran [^]*$/.exec(stdout)?.[0] ?? stdout}`.trim())
    process.exitCode = 1
  }
  const outcome = code === 0 ? (what === 'check' ? 'as in chain/contracts/gas' : 'written') : 'differs'
  console.log(`gas: ${figures} tests, ${outcome}`)
}
