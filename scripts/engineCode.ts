/**
 *   node scripts/engineCode.ts            writes attribution/engine/codeDigest.ts
 *
 * The digest of the sources that compute scores, for the document of an attribution engine. Changed sources are another
 * version: keep the document of the one before in attribution/engine/attributionEngines.ts.
 */
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { codeDigestOf } from './docs/codeDigestOf.ts'

const root = join(import.meta.dirname, '..')
const digest = codeDigestOf(root)
writeFileSync(
  join(root, 'attribution/engine/codeDigest.ts'),
  `import { digestString } from '../../kernel/index.ts'

/** Of the sources of attribution/influence. Written by scripts/engineCode.ts. */
export const codeDigest = digestString.parse('${digest}')
`,
)
process.stdout.write(`${digest}\n`)
