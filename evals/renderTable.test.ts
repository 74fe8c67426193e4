import { execFileSync } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import { expect, test } from 'vitest'
import { describeMachine, describeVersions } from './describeMachine.ts'
import { renderTable } from './renderTable.ts'

const rows = [
  {
    figure: 'decode | b=1',
    value: 38.4567,
    unit: 'tok/s',
    peer: 'PEFT',
    peerValue: 9.1,
    ratio: 4.226,
    goal: '>= 5x',
    met: false,
  },
  { figure: 'samples', value: 2_335, unit: '', goal: '>= 2,000', met: true },
  { figure: 'error', value: 7.13e-6, unit: '' },
]
const table = { name: 'engine', machine: describeMachine(), versions: describeVersions(), seed: 1, rows }

test('a table of 3 rows has 3 lines of 7 cells, four digits, and a bar in a name is escaped', () => {
  const lines = renderTable(table)
    .markdown.split('\n')
    .filter((line) => line.startsWith('| '))
  expect(lines).toHaveLength(4)
  expect(lines[1]).toBe('| decode \\| b=1 | 38.46 | tok/s | PEFT | 9.1 | 4.226 | >= 5x: missed |')
  expect(lines[2]).toBe('| samples | 2,335 |  |  |  |  | >= 2,000: met |')
  expect(lines[3]).toBe('| error | 7.13e-6 |  |  |  |  |  |')
  expect(renderTable(table).terminal).toContain('38.46')
})

test('the machine is told by platform, CPU, cores and memory, and the versions by number', () => {
  expect(Object.keys(table.machine)).toEqual(['platform', 'cpu', 'cores', 'memoryGiB'])
  for (const version of Object.values(table.versions)) expect(version).toMatch(/^\d+\.\d+\.\d+/)
})

test('an unknown table exits 1, writes nothing on stdout and lists the names', () => {
  const runner = fileURLToPath(new URL('runTable.ts', import.meta.url))
  try {
    execFileSync(process.execPath, [runner, 'bench', 'nonsense', '--json'], { encoding: 'utf8', stdio: 'pipe' })
    expect.unreachable()
  } catch (error) {
    expect(error).toMatchObject({ status: 1, stdout: '', stderr: expect.stringContaining('[evals/unknown]') as string })
  }
})
