import { execFile } from 'node:child_process'
import { join } from 'node:path'
import { promisify } from 'node:util'
import type { Row } from '../../renderTable.ts'
import type { BenchContext } from './BenchContext.ts'
import { judged } from './judged.ts'

/** The most memory that a process needs which does nothing but train: 4 samples of 128 tokens at once, every block. */
export async function memoryPart({ base, say }: BenchContext): Promise<Row[]> {
  say('memory of training, in a process of its own')
  const child = join(import.meta.dirname, 'trainOnce.ts')
  const { stdout } = await promisify(execFile)(process.execPath, [child, base.dir])
  const { maxRssKiB } = JSON.parse(stdout) as { maxRssKiB: number }
  const row = { figure: 'peak memory, training 4x128, full depth', value: (maxRssKiB * 1_024) / 1e9, unit: 'GB' }
  return [judged(row, { of: 'value', most: 2 })]
}
