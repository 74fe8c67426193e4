import { coverage } from './coverage.ts'
import { forgeResults, runForge } from './runForge.ts'

/**
 * `node chain/contracts/forgeTest.ts [forge arguments]`: unit, fuzz and invariant tests of the contracts, offline.
 * Ends with forge's exit code. `FOUNDRY_PROFILE=thorough` takes more runs. `forge` checks its own finding of tests:
 * none found is an error here. Gas that differs from chain/contracts/gas fails; `--gas` writes it anew.
 * `--coverage`: instead, what the tests reach.
 */
const args = process.argv.slice(2)
if (args.includes('--coverage')) await coverage()
else if (args.includes('--gas')) await test(['--match-contract', 'GasTest'], 'false')
else await test(args, 'true')

async function test(wanted: readonly string[], checksGas: 'true' | 'false'): Promise<void> {
  const env = { FORGE_SNAPSHOT_CHECK: checksGas, FORGE_SNAPSHOT_EMIT: checksGas === 'true' ? 'false' : 'true' }
  const { code, stdout, stderr } = await runForge(['test', '--json', ...wanted], { env, quiet: true })
  const results = forgeResults(stdout)
  const failed = results.filter(({ ok }) => !ok)
  for (const { suite, test: name, reason } of failed) console.error(`${suite} ${name}: ${reason}`)
  if (results.length === 0) console.error(`forge ran no test. ${stdout}`)
  // Forge says what differs in the gas; without a failed test, that is what is wrong.
  if (failed.length === 0 && code !== 0) console.error(stderr.trim())
  console.log(`contracts: ${results.length - failed.length} passed, ${failed.length} failed`)
  process.exitCode = results.length > 0 && failed.length === 0 && code === 0 ? 0 : 1
}
