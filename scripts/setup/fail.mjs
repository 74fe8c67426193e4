/**
 * Ends the set-up with a coded message, in the form of the project's errors: code, facts, next step.
 *
 * @param {{ code: string, message: string, facts?: Record<string, unknown>, tryThis: string }} failure
 * @returns {never}
 */
export function fail({ code, message, facts = {}, tryThis }) {
  const details = Object.entries(facts).map(([name, value]) => `  ${name}: ${String(value)}\n`)
  process.stderr.write(`\n${message} [${code}]\n${details.join('')}  try this: ${tryThis}\n`)
  process.exit(1)
}
