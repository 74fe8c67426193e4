import { randomBytes } from 'node:crypto'
import { existsSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'

/** What the operator shows the gateway, made at the first call: a file that its owner alone can read. */
export function operatorToken(keysDir: string): string {
  const file = join(keysDir, 'operator-token')
  if (!existsSync(file)) writeFileSync(file, `${randomBytes(32).toString('base64url')}\n`, { mode: 0o600 })
  return readFileSync(file, 'utf8').trim()
}
