import { pc } from './colours.ts'
import { findError } from '../kernel/index.ts'

/** A failure as a person reads it: what, the code, the facts, the next step. An unforeseen one keeps its stack. */
export function printFailure(failure: unknown, print: (line: string) => void): void {
  const error = findError(failure)
  if (!error) {
    print(pc.red(failure instanceof Error ? (failure.stack ?? failure.message) : String(failure)))
    return
  }
  print(`${pc.red(error.message)} ${pc.dim(`[${error.code}]`)}`)
  for (const [name, fact] of Object.entries(error.facts))
    print(`  ${name}: ${Array.isArray(fact) ? fact.join('; ') : String(fact)}`)
  if (error.tryThis) print(`  ${pc.bold('Next:')} ${error.tryThis}`)
  if (error.retry) print('  The same command can succeed later.')
}
