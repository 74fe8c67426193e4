import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { importMap, isSandboxed, nobodyImports, otherDoors, outsideTheSandbox, roomOf } from './importMap.ts'
import { isTest, root, sourceFiles } from './sourceFiles.ts'
import { valueImports, type ValueImport } from './valueImports.ts'

const files = sourceFiles()
const product = files.filter((file) => !isTest(file))
const imports = new Map<string, ValueImport[]>(product.map((file) => [file, valueImports(file)]))

/** Fails with the offenders as the message, so that whoever reads a report sees them. */
function none(offenders: string[]): void {
  if (offenders.length > 0) expect.fail(offenders.join('\n'))
}

/** Pairs of a file and one of ours that it imports from another room. */
const crossings = [...imports].flatMap(([file, targets]) =>
  targets.flatMap(({ file: target }) =>
    target !== undefined && roomOf(target) !== roomOf(file) ? [{ file, target, line: `${file} -> ${target}` }] : [],
  ),
)

test('the walk saw the project: at least 250 files, 1,000 imports and 150 crossings between rooms', () => {
  expect(product.length).toBeGreaterThanOrEqual(250)
  expect([...imports.values()].flat().length).toBeGreaterThanOrEqual(1_000)
  expect(crossings.length).toBeGreaterThanOrEqual(150)
})

test('every relative import names a file', () => {
  const missing = [...imports].flatMap(([file, targets]) =>
    targets.filter((target) => target.missing).map(({ specifier }) => `${file} -> ${specifier}`),
  )
  none(missing)
})

test('every room is on the map', () => {
  const rooms = new Set(product.map(roomOf))
  none([...rooms].filter((room) => !(room in importMap) && room !== 'test'))
})

test('value imports follow the map', () => {
  const against = crossings.filter(({ file, target }) => {
    const allowed = importMap[roomOf(file)] ?? []
    return !allowed.includes(roomOf(target)) && !allowed.includes('*')
  })
  none(against.map(({ line }) => line))
})

test('nobody imports scripts, evals, test and the CLI, tests included', () => {
  const all = files.map((file) => [file, valueImports(file)] as const)
  const against = all.flatMap(([file, targets]) =>
    targets.flatMap(({ file: target }) => {
      const room = target === undefined ? undefined : (target.split('/')[0] as string)
      const from = file.split('/')[0]
      const own = room === from || (isTest(file) && from === 'test')
      return room !== undefined && nobodyImports.includes(room) && !own ? [`${file} -> ${target}`] : []
    }),
  )
  none(against)
})

test('another room is entered by its index.ts or a listed door', () => {
  const against = crossings.filter(({ target }) => {
    const room = roomOf(target)
    return target !== `${room}/index.ts` && !otherDoors.has(target) && room !== 'root'
  })
  none(against.map(({ line }) => line))
})

test('what runs in the sandbox reaches no Node builtin, no native code, no edge and no run of a tool', () => {
  const roots = product.filter(isSandboxed)
  expect(roots.length).toBeGreaterThanOrEqual(8)
  const cameFrom = new Map<string, string | undefined>(roots.map((file) => [file, undefined]))
  const against: string[] = []
  const trail = (file: string | undefined): string => {
    const steps: string[] = []
    for (let at = file; at !== undefined; at = cameFrom.get(at)) steps.unshift(at)
    return steps.join(' -> ')
  }
  for (const file of cameFrom.keys()) {
    for (const { specifier, file: target } of imports.get(file) ?? []) {
      if (target === undefined) {
        if (outsideTheSandbox.test(specifier)) against.push(`${trail(file)} -> ${specifier}`)
      } else if (target.endsWith('.run.ts')) against.push(`${trail(file)} -> ${target}`)
      else if (!cameFrom.has(target)) cameFrom.set(target, file)
    }
  }
  none(against)
})

test('a file is one thing: none is over 300 lines, apart from tables and generated text', () => {
  const long = files.flatMap((file) => {
    const lines = readFileSync(join(root, file), 'utf8').split('\n').length - 1
    return lines > 300 && !/^(chain\/abis\/|datanets\/packages\/|tools\/(definitions|boundTools)\.ts$)/.test(file)
      ? [`${file}: ${lines}`]
      : []
  })
  none(long)
})

test('file names say what is in them', () => {
  const vague = files.filter((file) => /(^|\/)(utils?|helpers?|misc|common|manager|stuff)([./]|$)/i.test(file))
  none(vague)
})

test('the map bites: a forbidden import, a type-only import and one hidden in a comment are told apart', () => {
  const here = 'test/architecture/fixtures/controls.mts'
  const found = valueImports(here).map(({ specifier }) => specifier)
  expect(found).toEqual(['node:fs', 'zod', '../../../kernel/index.ts', 'node:path'])
})
