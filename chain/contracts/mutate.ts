import { parseArgs } from 'node:util'
import { tryMutants, titleOf } from './mutants/tryMutants.ts'

/**
 * `node chain/contracts/mutate.ts [--most 160] [--seed 1] [--only RewardVault]`: plants bugs in the contracts and says which no test
 * sees. Ends with 1 where one survives. `npm run evals -- mutants` keeps the table.
 */
const { values } = parseArgs({
  options: {
    most: { type: 'string', default: '160' },
    seed: { type: 'string', default: '1' },
    only: { type: 'string', default: '' },
  },
})
const { tried, possible, equivalent } = await tryMutants({
  most: Number(values.most),
  seed: Number(values.seed),
  only: values.only,
  say: (line) => console.error(line),
})
const survivors = tried.filter(({ outcome }) => outcome === 'survived')
for (const one of survivors) console.log(`survived: ${titleOf(one)}\n          ${one.code}`)
const killed = tried.filter(({ outcome }) => outcome === 'killed').length
console.log(`mutants: ${killed} killed, ${survivors.length} survived, of ${possible} (${equivalent} equivalent)`)
process.exitCode = killed > 0 && survivors.length === 0 ? 0 : 1
