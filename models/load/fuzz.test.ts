import { spawnSync } from 'node:child_process'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterAll, expect, test } from 'vitest'
import type { Outcome } from './fuzz/readDamaged.ts'

// Another seed looks at other damage: TRIBUTARY_FUZZ_SEED.
const seed = process.env['TRIBUTARY_FUZZ_SEED'] ?? '2026'
const cases = 1_002
/** Damage to a safetensors file that nobody may take for a model, whatever its numbers. */
const certain = new Set([
  'cut',
  'cut in the header',
  'more at the end',
  'overlapping tensors',
  'a place beyond everything',
  'a huge shape',
  'another type',
  'deep JSON',
  'a key twice',
  'a tensor less',
  'a header of another kind',
])
const home = mkdtempSync(join(tmpdir(), 'fuzz-'))
afterAll(() => rmSync(home, { recursive: true, force: true }))

test(`${cases} damaged GGUF, safetensors and adapter files (seed ${seed}) each give a code or another digest, in 4 times their size`, () => {
  const script = fileURLToPath(new URL('fuzz/readDamaged.ts', import.meta.url))
  const child = spawnSync(process.execPath, ['--max-old-space-size=64', script, home, seed, String(cases)], {
    encoding: 'utf8',
    timeout: 240_000,
    maxBuffer: 1 << 24,
  })
  const lines = child.stdout.trim().split('\n')
  const about = `seed ${seed}, exit ${child.status ?? child.signal}, after ${lines.at(-1)?.slice(0, 300)}\n${child.stderr.slice(-1_000)}`
  expect(child.status, about).toBe(0)
  const [sound, ...rest] = lines.map((line) => JSON.parse(line) as unknown)
  const { maxRssMiB } = rest.pop() as { maxRssMiB: number }
  const outcomes = rest as Outcome[]
  expect(outcomes).toHaveLength(cases)

  const digests = sound as Record<string, string>
  for (const one of outcomes) {
    const said = `seed ${seed}: ${JSON.stringify(one)}`
    expect(one.code ?? one.digest, said).toMatch(/^(models|graph)\/|^0x/)
    if (one.digest && one.payload && !one.same) expect(one.digest, said).not.toBe(digests[one.kind])
    if (certain.has(one.mutation) && one.kind !== 'gguf') expect(one.code, said).toBeDefined()
    expect(one.left, said).toEqual([])
    // What is decoded may be larger than the file that it is packed in, some rows at a time.
    const isDecoded = one.digest !== undefined || one.code === 'models/not-finite'
    expect(one.asked.most, said).toBeLessThanOrEqual(4 * one.fileBytes)
    if (!isDecoded) expect(one.asked.sum, said).toBeLessThanOrEqual(4 * one.fileBytes)
  }
  // It looked: each kind was refused and was loaded, for many reasons.
  for (const kind of Object.keys(digests)) {
    const ofKind = outcomes.filter((one) => one.kind === kind)
    expect(ofKind.filter(({ code }) => code).length).toBeGreaterThan(150)
    expect(ofKind.filter(({ digest }) => digest).length).toBeGreaterThan(10)
  }
  expect(new Set(outcomes.map(({ code }) => code)).size).toBeGreaterThan(12)
  // Node itself and its libraries have some 100 MiB.
  expect(maxRssMiB).toBeLessThan(220)
}, 250_000)
