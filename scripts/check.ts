/** `npm run check`: format, lint, types, architecture, dead code; all of them, whatever fails. At most a minute. */
import pc from 'picocolors'
import { architecture } from './check/architecture.ts'
import { floor } from './check/checkStep.ts'
import { deadCode } from './check/deadCode.ts'
import { format } from './check/format.ts'
import { lint } from './check/lint.ts'
import { types } from './check/types.ts'

let failed = 0
for (const { name, run } of [format, types, lint, architecture, deadCode]) {
  const from = Date.now()
  const { looked, findings } = await run()
  const blind = looked < floor ? [`it looked at ${looked} files: fewer than ${floor} is no check`] : []
  const all = [...blind, ...findings]
  const time = `${((Date.now() - from) / 1000).toFixed(1)} s`
  const saw = looked === Infinity ? '' : `, ${looked} files`
  process.stdout.write(`${all.length === 0 ? pc.green('pass') : pc.red('FAIL')}  ${name}  ${pc.dim(time + saw)}\n`)
  for (const finding of all) process.stdout.write(`      ${finding.replaceAll('\n', '\n      ')}\n`)
  if (all.length > 0) failed++
}
process.stdout.write(failed === 0 ? 'check: all 5 pass\n' : `check: ${failed} of 5 fail\n`)
process.exitCode = failed === 0 ? 0 : 1
