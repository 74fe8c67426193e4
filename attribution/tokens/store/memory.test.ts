import { spawnSync } from 'node:child_process'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, test } from 'vitest'

/** What the threads themselves take, as WriteOptions says, and half of that again: when V8 gives memory back is its own business. */
const ofThreads = 144e6

for (const variant of ['plain', 'compressed'] as const) {
  test(`${variant}: 6 MB are built with 8 MB of memory and merged with 32, and the process takes no more than these and 144 for its threads`, async () => {
    const dir = await mkdtemp(join(tmpdir(), 'tokens-'))
    try {
      const program = join(import.meta.dirname, '../testing/buildAndMerge.ts')
      const { stdout, stderr } = spawnSync(process.execPath, [program, dir, variant, '6000000', '32000000'], {
        encoding: 'utf8',
      })
      const said = stdout || stderr
      const { peaks, built, merged } = JSON.parse(said) as { peaks: number[]; built: number; merged: number }
      expect(peaks[0]).toBeLessThan(8e6 + ofThreads)
      expect(peaks[1]).toBeLessThan(32e6 + ofThreads)
      expect(built).toBeGreaterThanOrEqual(24)
      expect(merged).toBeLessThanOrEqual(8)
    } finally {
      await rm(dir, { recursive: true })
    }
  }, 300_000)
}
