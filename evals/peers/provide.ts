import { createHash } from 'node:crypto'
import { existsSync, readFileSync } from 'node:fs'
import { copyFile, mkdir, rm, writeFile } from 'node:fs/promises'
import { basename, join } from 'node:path'
import { cacheFolder, withLock } from '../../provision/index.ts'
import { runOrThrow } from './runOrThrow.ts'

type Say = (line: string) => void

const here = import.meta.dirname

/**
 * The Python that runs the peers: TRIBUTARY_PYTHON, else a venv in the user's cache, made when first needed from
 * requirements.txt, pinned by hash (some GB: PyTorch from PyPI brings CUDA along). Throws evals/python.
 */
export async function providePython(say: Say): Promise<string> {
  const named = process.env['TRIBUTARY_PYTHON']
  const tryThis =
    'let TRIBUTARY_PYTHON name a Python 3.11 or newer that has what evals/peers/requirements.txt lists, or leave the peers out with --only'
  if (named) {
    await runOrThrow(named, ['-c', 'import torch, transformers, peft'], { code: 'evals/python', tryThis })
    return named
  }
  const requirements = join(here, 'requirements.txt')
  return once('python', [requirements], async (dir) => {
    say(`making a Python environment for the peers in ${dir}: minutes and some GB, once`)
    await runOrThrow('python3', ['-m', 'venv', dir], { code: 'evals/python', tryThis })
    const pip = ['-m', 'pip', 'install', '--quiet', '--require-hashes', '--requirement', requirements]
    await runOrThrow(join(dir, 'bin', 'python'), pip, { code: 'evals/python', tryThis })
  }).then((dir) => join(dir, 'bin', 'python'))
}

/**
 * The Python that runs infini-gram: TRIBUTARY_INFINI_GRAM, else a venv in the user's cache, made when first needed from
 * infinigram/requirements.txt, pinned by hash (60 MB). Throws evals/infini-gram.
 */
export async function provideInfiniGram(say: Say): Promise<string> {
  const named = process.env['TRIBUTARY_INFINI_GRAM']
  const code = 'evals/infini-gram'
  const tryThis = 'let TRIBUTARY_INFINI_GRAM name a Python with infini-gram 2.6.0, on Linux or macOS'
  if (named) {
    await runOrThrow(named, ['-c', 'import infini_gram.engine'], { code, tryThis })
    return named
  }
  const requirements = join(here, 'infinigram', 'requirements.txt')
  return once('infinigram', [requirements], async (dir) => {
    say(`making a Python environment for infini-gram in ${dir}: a minute, once`)
    await runOrThrow('python3', ['-m', 'venv', dir], { code, tryThis })
    const pip = ['-m', 'pip', 'install', '--quiet', '--require-hashes', '--requirement', requirements]
    await runOrThrow(join(dir, 'bin', 'python'), pip, { code, tryThis })
  }).then((dir) => join(dir, 'bin', 'python'))
}

/** Whether llama.cpp's binary is pinned for this machine. */
export const hasLlama = process.platform === 'linux' && process.arch === 'x64'

/**
 * The folder where node-llama-cpp is installed: in the user's cache, from the lock file here, no install script run.
 * It is no dependency of ours, because npm would bring its CUDA and Vulkan binaries to everyone. Throws evals/llama.
 */
export async function provideLlama(say: Say): Promise<string> {
  const files = ['package.json', 'package-lock.json'].map((name) => join(here, 'llama', name))
  return once('llama', files, async (dir) => {
    say(`installing node-llama-cpp into ${dir}: seconds, once`)
    await mkdir(dir, { recursive: true })
    for (const file of files) await copyFile(file, join(dir, basename(file)))
    // Not `npm ci`: it refuses a lock that lacks what some registries lack, the packages of other platforms.
    await runOrThrow('npm', ['install', '--ignore-scripts', '--omit=optional', '--no-audit', '--no-fund'], {
      code: 'evals/llama',
      tryThis: 'let npm reach its registry, or leave this peer out with --only',
      cwd: dir,
    })
  })
}

/** The folder where LangGraph lies with its SQLite and Postgres checkpointers: in the user's cache, as provideLlama does. Throws evals/checkpointers. */
export async function provideCheckpointers(say: Say): Promise<string> {
  const files = ['package.json', 'package-lock.json', 'countSteps.mjs'].map((name) => join(here, 'checkpointers', name))
  return once('checkpointers', files, async (dir) => {
    say(`installing LangGraph's checkpointers into ${dir}: seconds, once`)
    await mkdir(dir, { recursive: true })
    for (const file of files) await copyFile(file, join(dir, basename(file)))
    await runOrThrow('npm', ['install', '--ignore-scripts', '--no-audit', '--no-fund'], {
      code: 'evals/checkpointers',
      tryThis: 'let npm reach its registry, or leave this part out with --only',
      cwd: dir,
    })
  })
}

/** A folder that `make` fills, kept in the cache under the digest of the files that decide what is in it. */
async function once(name: string, files: string[], make: (dir: string) => Promise<void>): Promise<string> {
  const hash = createHash('sha256')
  for (const file of files) hash.update(readFileSync(file))
  const dir = join(cacheFolder(), 'peers', `${name}-${hash.digest('hex').slice(0, 16)}`)
  const done = join(dir, 'complete')
  await mkdir(join(cacheFolder(), 'peers'), { recursive: true })
  return withLock(`${dir}.lock`, {
    say: () => undefined,
    work: async () => {
      if (existsSync(done)) return dir
      await rm(dir, { recursive: true, force: true })
      await make(dir)
      await writeFile(done, '')
      return dir
    },
  })
}
