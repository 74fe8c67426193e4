import { measureCoverage, percentOf, type Covered } from './measureCoverage.ts'

/**
 * `npm run test:contracts -- --coverage`: what the Forge tests reach of our contracts. Ends with 1 below 98 % of lines or branches.
 */
const least = 98

export async function coverage(): Promise<void> {
  const covered = await measureCoverage()
  const share = ({ hit, of }: Covered['lines']): string => `${hit} of ${of}`.padStart(12)
  for (const { file, lines, branches } of covered)
    console.log(`${file.padEnd(32)}${share(lines)} lines${share(branches)} branches`)
  const [lines, branches] = [percentOf(covered, 'lines'), percentOf(covered, 'branches')]
  console.log(`coverage: ${lines.toFixed(2)} % of lines, ${branches.toFixed(2)} % of branches, ${covered.length} files`)
  if (lines < least || branches < least) {
    console.error(`coverage: below ${least} %`)
    process.exitCode = 1
  }
}
