import { resolve } from 'node:path'
import { fileURLToPath } from 'node:url'

/** Where this Tributary keeps all it has: TRIBUTARY_HOME, or `.tributary` in the checkout. */
export function homeFolder(): string {
  return resolve(process.env['TRIBUTARY_HOME'] ?? fileURLToPath(new URL('../.tributary', import.meta.url)))
}
