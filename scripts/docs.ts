/**
 *   node scripts/docs.ts                      makes anew what the documents copy from elsewhere
 *   node scripts/docs.ts --check              exits 1 and names what is stale
 *   node scripts/docs.ts --picture <text>     also the picture, from what `npm start -- --exit` printed
 *
 * docs/errors.md comes from the source, the table 'What one run looked like' of README.md from docs/runs/tour.json, which
 * is what `npm start -- --exit --json` printed, the pictures of docs/attribution.md are drawn here, one of them from the
 * table of `npm run evals -- attribution`. In both run files, paths of the machine are cut down to the home folder.
 */
import { existsSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import { attributionPictures } from './docs/attributionPictures.ts'
import { putEvidence } from './docs/evidenceTable.ts'
import { formatted } from './docs/formatted.ts'
import { findErrorCodes, renderErrorCodes } from './docs/errorCodes.ts'
import { terminalPicture } from './docs/terminalPicture.ts'
import { putTourTable, readTour } from './docs/tourTable.ts'
import { withoutMachine } from './docs/withoutMachine.ts'

const root = join(import.meta.dirname, '..')
const { values } = parseArgs({ options: { check: { type: 'boolean', default: false }, picture: { type: 'string' } } })

const run = withoutMachine(readFileSync(join(root, 'docs/runs/tour.json'), 'utf8'))
const pages: Record<string, string> = {
  'docs/runs/tour.json': `${JSON.stringify(JSON.parse(run), null, 2)}\n`,
  'docs/errors.md': renderErrorCodes(findErrorCodes(root)),
  ...attributionPictures(root),
  'docs/attribution.md': putEvidence(readFileSync(join(root, 'docs/attribution.md'), 'utf8'), root),
  'README.md': putTourTable(readFileSync(join(root, 'README.md'), 'utf8'), readTour(run)),
}
if (values.picture !== undefined) {
  pages['docs/pictures/summary.svg'] = terminalPicture(withoutMachine(readFileSync(values.picture, 'utf8')))
}

const stale = Object.entries(pages)
  .map(([file, text]) => [file, file.endsWith('.svg') ? text : formatted(root, file, text)] as const)
  .filter(([file, text]) => !existsSync(join(root, file)) || readFileSync(join(root, file), 'utf8') !== text)
for (const [file, text] of stale) {
  process.stdout.write(`${values.check ? 'stale' : 'written'}: ${file}\n`)
  if (!values.check) writeFileSync(join(root, file), text)
}
process.stdout.write(
  `${Object.keys(pages).length} pages looked at, ${stale.length} ${values.check ? 'stale' : 'written'}\n`,
)
process.exitCode = values.check && stale.length > 0 ? 1 : 0
