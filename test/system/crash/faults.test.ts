import { readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { expect, test } from 'vitest'
import { faults } from './faults.ts'
import { faultySource } from './faultySource.ts'

test.each(Object.keys(faults))('the fault %s still has its place in the sources', (name) => {
  const { victim, fault } = faultySource(name)
  const source = readFileSync(fileURLToPath(victim), 'utf8')
  expect(fault(source)).not.toBe(source)
  expect(() => fault('export {}')).toThrow('does not have once')
})
