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
  for (const [name, fact] of Object.entries(error.facts)) {
    const list = Array.isArray(fact) ? fact.map(String) : [String(fact)]
    // Sentences are read line by line, names side by side.
    if (list.length > 1 && list.some((item) => item.length > 40)) {
      print(`  ${name}:`)
      for (const item of list) print(`    ${item}`)
    } else print(`  ${name}: ${list.join('; ') || 'none'}`)
  }
  if (error.tryThis) print(`  ${pc.bold('Next:')} ${error.tryThis}`)
  if (error.retry) print('  The same command can succeed later.')
}
