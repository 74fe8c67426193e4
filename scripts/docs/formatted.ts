import { spawnSync } from 'node:child_process'
import { join } from 'node:path'

/** A text as oxfmt writes a file of this name, so that what is made also passes the check. */
export function formatted(root: string, file: string, text: string): string {
  const oxfmt = join(root, 'node_modules', '.bin', 'oxfmt')
  const end = spawnSync(oxfmt, [`--stdin-filepath=${file}`], { cwd: root, input: text, encoding: 'utf8' })
  if (end.status === 0 && end.stdout !== '') return end.stdout
  throw new Error(`oxfmt ended with ${end.status}: ${end.stderr || end.error?.message || 'no output'}`)
}
