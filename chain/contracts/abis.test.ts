import { readdirSync, readFileSync } from 'node:fs'
import { expect, test } from 'vitest'
import { compileContracts } from './compileContracts.ts'
import { renderAbi } from './renderAbi.ts'

test('the 18 generated ABIs are what the sources compile to, byte for byte', async () => {
  const { digest, compiler, contracts } = await compileContracts()
  const folder = new URL('../abis/', import.meta.url)
  const fresh = contracts.map((contract) => renderAbi(contract, { digest, compiler }))

  expect(fresh).toHaveLength(18)
  expect(readdirSync(folder).toSorted()).toEqual(fresh.map(({ file }) => file).toSorted())
  for (const { file, text } of fresh) {
    const committed = readFileSync(new URL(file, folder), 'utf8')
    expect(committed === text, `${file} is stale: run node chain/contracts/writeAbis.ts`).toBe(true)
  }
})

test('every contract fits into the 24,576 bytes that a chain takes', async () => {
  const { contracts } = await compileContracts()
  for (const { name, runtime } of contracts) expect([name, runtime.length / 2 - 1 < 24_576]).toEqual([name, true])
})
