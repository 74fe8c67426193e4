import { checkProperty } from '../money/properties/checkProperty.ts'
import { lessForMore } from '../money/properties/paidForMore.ts'
import { shareProperties } from '../money/properties/shareProperties.ts'
import type { Row } from '../renderTable.ts'
import type { TableOptions } from '../runTable.ts'

const cases = 100_000

/**
 * Do the splits of fees and epochs keep what they promise? Each property of `npm test` on 100,000 random epochs, from the
 * table's seed. A counter-example is said with its smallest inputs. Cost: 15 CPU-minutes.
 */
export async function run({ seed, say }: TableOptions): Promise<Row[]> {
  const rows: Row[] = []
  for (const one of shareProperties) {
    const start = performance.now()
    const { cases: tried, counterExample } = checkProperty(one, { cases, seed })
    say(`${one.name}: ${tried} cases in ${Math.round((performance.now() - start) / 1_000)} s`)
    if (counterExample !== undefined) {
      say(counterExample)
      process.exitCode = 1
    }
    const failed = counterExample === undefined ? 0 : 1
    rows.push({
      figure: `${one.name}: ${one.claim}`,
      value: failed,
      unit: `counter-examples in ${tried.toLocaleString('en')} cases`,
      goal: '0',
      met: failed === 0 && tried >= cases,
    })
  }

  rows.push({
    figure: 'rules with accounts, which do not claim it: epochs that pay a payee less for more score',
    value: lessForMore({ cases, seed }),
    unit: `of ${cases.toLocaleString('en')}`,
  })
  return rows
}
