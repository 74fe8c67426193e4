import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import type { ErrorCode } from './errorCodes.ts'

const folder = 'models/gpu/tributary_gpu'
const text = String.raw`(?:\s*f?(?:"(?:[^"\\\n]|\\.)*"|'(?:[^'\\\n]|\\.)*'))+`

/**
 * The codes of the Python side: each `CodedError(message, code=…, try_this=…)` of the GPU worker. Codes that come from
 * helpers are those of the TypeScript files that they port. Throws when it finds fewer than 10: then it did not look.
 */
export function findPythonErrorCodes(root: string): ErrorCode[] {
  const files = readdirSync(join(root, folder)).filter((name) => name.endsWith('.py'))
  const found = files.toSorted().flatMap((name) => {
    const calls = readFileSync(join(root, folder, name), 'utf8')
      .split('CodedError(')
      .slice(1)
    return calls.flatMap((call): ErrorCode[] => {
      const [, message, code] = new RegExp(`^(${text}),\\s*code="([a-z]+/[a-z-]+)"`).exec(call) ?? []
      const tryThis = new RegExp(`try_this=(${text})`).exec(call)?.[1]
      if (message === undefined || code === undefined) return []
      return [{ code, message: plain(message), tryThis: plain(tryThis ?? ''), file: `${folder}/${name}` }]
    })
  })
  if (found.length < 10) throw new Error(`only ${found.length} error codes were found in ${folder}`)
  return found
}

/** Python's string literals side by side are one; `{…}` of an f-string is a fact. */
function plain(literals: string): string {
  return [...literals.matchAll(/f?(?:"((?:[^"\\\n]|\\.)*)"|'((?:[^'\\\n]|\\.)*)')/g)]
    .map(([, double, single]) => double ?? single)
    .join('')
    .replaceAll(/\{[^{}]*\}/g, '…')
    .replaceAll(/\\(.)/g, '$1')
}
