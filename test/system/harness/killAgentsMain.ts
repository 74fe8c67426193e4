/** node test/system/harness/killAgentsMain.ts "after ask,before audit", or every: prints both homes and the moments, as JSON. */
import { killAgents } from './killAgents.ts'

const [moments = 'every'] = process.argv.slice(2)
let kills = 0
const ended = await killAgents(moments.split(','), (line) => process.stderr.write(`${++kills}: ${line}\n`))
process.stdout.write(`${JSON.stringify(ended)}\n`, () => process.exit())
