import { readFileSync } from 'node:fs'
import { TributaryError } from '../kernel/index.ts'

/** What a trail was printed to, as JSON. Throws cli/no-trail, which says how to get one: `tributary <print> > trail.json`. */
export function readTrail(file: string, { print, check }: { print: string; check: string }): unknown {
  try {
    return JSON.parse(readFileSync(file, 'utf8'))
  } catch (cause) {
    throw new TributaryError('The trail can’t be read.', {
      code: 'cli/no-trail',
      facts: { file, reason: (cause as NodeJS.ErrnoException).code ?? 'not JSON' },
      tryThis: `tributary ${print} > trail.json, then tributary ${check} trail.json`,
    })
  }
}
