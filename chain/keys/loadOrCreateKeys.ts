import { linkSync, mkdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import type { Hex, LocalAccount } from 'viem'
import { generatePrivateKey } from 'viem/accounts'
import { TributaryError } from '../../kernel/index.ts'
import { fastSigner } from './fastSigner.ts'

/**
 * operator: deploys, settles, posts roots, pays gas. server: signs receipts and is paid for serving. modelOwner: is paid.
 * buyer: pays for answers. steward: imports unclaimed contributors and binds them later. verifier:
 * reports on adapters of others that it trains again, with a bond of its own. attributor: signs the scores that fees are split by.
 */
export const keyRoles = ['operator', 'server', 'modelOwner', 'buyer', 'steward', 'verifier', 'attributor'] as const
export type KeyRole = (typeof keyRoles)[number]

/** Accounts that sign; the private key itself can't be read from them. */
export type Keys = Record<KeyRole, LocalAccount>

/**
 * The home's keys, made at the first call: one file a role under `<home>/keys`, readable by the owner alone.
 * Throws chain/key-unreadable, chain/key-exposed when others may read a key file.
 */
export function loadOrCreateKeys(home: string): Keys {
  const folder = join(home, 'keys')
  mkdirSync(folder, { recursive: true, mode: 0o700 })
  const entries = keyRoles.map((role) => [role, fastSigner(loadOrCreateKey(join(folder, `${role}.key`)))])
  return Object.fromEntries(entries) as Keys
}

function loadOrCreateKey(file: string): Hex {
  const found = readKey(file)
  if (found !== undefined) return found
  const draft = `${file}.${process.pid}`
  writeFileSync(draft, `${generatePrivateKey()}\n`, { mode: 0o600, flag: 'w' })
  try {
    // A link fails where the name exists: of two processes that start together, both use the key of the first.
    linkSync(draft, file)
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error
  } finally {
    rmSync(draft, { force: true })
  }
  return readKey(file) as Hex
}

function readKey(file: string): Hex | undefined {
  let text: string
  try {
    text = readFileSync(file, 'utf8').trim()
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined
    throw unreadable(file, error)
  }
  if (!/^0x[0-9a-f]{64}$/.test(text)) throw unreadable(file)
  if (process.platform !== 'win32' && (statSync(file).mode & 0o077) !== 0) {
    throw new TributaryError('A key file can be read by other users.', {
      code: 'chain/key-exposed',
      facts: { file },
      tryThis: `chmod 600 ${file}; make a new key if others use this machine`,
    })
  }
  return text as Hex
}

function unreadable(file: string, cause?: unknown): TributaryError {
  return new TributaryError('A key file does not hold a key.', {
    code: 'chain/key-unreadable',
    facts: { file },
    tryThis: 'restore the file from a copy; deleting it makes a new key that owns nothing of the old one',
    cause,
  })
}
