import { forgeResults, runForge } from './runForge.ts'

/**
 * `node chain/contracts/forgeTest.ts [forge arguments]`: unit, fuzz and invariant tests of the contracts, offline.
 * Ends with forge's exit code. `FOUNDRY_PROFILE=thorough` takes more runs. `forge` checks its own finding of tests:
 * none found is an error here.
 */
const { code, stdout } = await runForge(['test', '--json', ...process.argv.slice(2)])
const results = forgeResults(stdout)
const failed = results.filter(({ ok }) => !ok)
for (const { suite, test, reason } of failed) console.error(`${suite} ${test}: ${reason}`)
if (results.length === 0) console.error(`forge ran no test. ${stdout}`)
console.log(`contracts: ${results.length - failed.length} passed, ${failed.length} failed`)
process.exitCode = results.length > 0 && failed.length === 0 && code === 0 ? 0 : 1
