import { readdirSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { compileContracts } from './compileContracts.ts'
import { renderAbi } from './renderAbi.ts'

/** `node chain/contracts/writeAbis.ts`: compiles the contracts and writes chain/abis/ anew. */
const folder = fileURLToPath(new URL('../abis/', import.meta.url))
const { digest, compiler, contracts } = await compileContracts()
for (const file of readdirSync(folder)) rmSync(join(folder, file))
for (const contract of contracts) {
  const { file, text } = renderAbi(contract, { digest, compiler })
  writeFileSync(join(folder, file), text)
}
console.log(`${contracts.length} contracts, sources ${digest.slice(0, 10)}, solc ${compiler}`)
