import { findError } from '../kernel/index.ts'
import { createProgram } from './createProgram.ts'
import { exitCodeOf } from './exitCodeOf.ts'
import { printFailure } from './printFailure.ts'

// A reader that closes early (`tributary … | head`) is no failure.
process.stdout.on('error', (failure: NodeJS.ErrnoException) => {
  if (failure.code !== 'EPIPE') throw failure
})

try {
  await createProgram((line) => process.stdout.write(`${line}\n`)).run(process.argv.slice(2))
} catch (failure) {
  printFailure(failure, (line) => process.stderr.write(`${line}\n`))
  process.exitCode = exitCodeOf(findError(failure))
}
