import { coverage } from './coverage.ts'
import { forgeResults, runForge } from './runForge.ts'

/**
 * `node chain/contracts/forgeTest.ts [forge arguments]`: unit, fuzz and invariant tests of the contracts, offline.
 * Ends with forge's exit code. `FOUNDRY_PROFILE=thorough` takes more runs. `forge` checks its own finding of tests:
 * none found is an error here. `--coverage`: instead, what the tests reach.
 */
if (process.argv.includes('--coverage')) await coverage()
else await test(process.argv.slice(2))

async function test(args: readonly string[]): Promise<void> {
  const { code, stdout } = await runForge(['test', '--json', ...args])
  const results = forgeResults(stdout)
  const failed = results.filter(({ ok }) => !ok)
  for (const { suite, test: name, reason } of failed) console.error(`${suite} ${name}: ${reason}`)
  if (results.length === 0) console.error(`forge ran no test. ${stdout}`)
  console.log(`contracts: ${results.length - failed.length} passed, ${failed.length} failed`)
  process.exitCode = results.length > 0 && failed.length === 0 && code === 0 ? 0 : 1
}
