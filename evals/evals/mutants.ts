import { titleOf, tryMutants } from '../../chain/contracts/mutants/tryMutants.ts'
import { versionOfPackage } from '../describeMachine.ts'
import type { Row } from '../renderTable.ts'
import type { TableOptions } from '../runTable.ts'

/** Planted bugs: from every contract alike, drawn by the table's seed. */
const most = 100

/**
 * Do the Forge tests of the contracts bite? Bugs are planted one at a time; each must make a test fail. A run that was cut goes on where it
 * was. Cost: 20 minutes of one core. How to read it: docs/money-assurance.md.
 */
export async function run({ seed, say }: TableOptions): Promise<{ rows: Row[]; versions: Record<string, string> }> {
  const { possible, equivalent, tried } = await tryMutants({ seed, most, say })
  const of = (outcome: string) => tried.filter((one) => one.outcome === outcome)
  const [killed, survived] = [of('killed'), of('survived')]
  const planted = killed.length + survived.length
  if (survived.length > 0) process.exitCode = 1
  const summary: Row[] = [
    { figure: 'bugs planted', value: planted, unit: 'mutants', goal: '>= 80', met: planted >= 80 },
    {
      figure: 'killed by the Forge tests',
      value: killed.length,
      unit: 'mutants',
      goal: 'all',
      met: killed.length > 0 && survived.length === 0,
    },
    { figure: 'survived', value: survived.length, unit: 'mutants', goal: '0', met: survived.length === 0 },
    { figure: 'drawn, but not Solidity', value: of('does not compile').length, unit: 'mutants' },
    { figure: 'places where one could be planted', value: possible, unit: 'mutants' },
    { figure: 'of these, changes that nobody could tell', value: equivalent, unit: 'mutants' },
  ]
  const each = [...survived, ...killed].map((one): Row => {
    const isKilled = one.outcome === 'killed'
    return { figure: titleOf(one), value: isKilled ? 1 : 0, unit: isKilled ? `killed by ${one.by}` : 'survived' }
  })
  return {
    rows: [...summary, ...each],
    versions: { solc: versionOfPackage('solc'), forge: versionOfPackage('@foundry-rs/forge') },
  }
}
