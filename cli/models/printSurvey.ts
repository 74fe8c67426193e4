import type { ModelSurvey } from '../../models/index.ts'
import { pc } from '../colours.ts'

const bytes = (count: number): string =>
  count >= 1e9 ? `${(count / 1e9).toFixed(1)} GB` : `${Math.ceil(count / 1e6)} MB`

/** What a survey found, for people. */
export function printSurvey(survey: ModelSurvey, print: (line: string) => void): void {
  const { problems, kind, parameters, contextTokens, formats, sourceBytes, baseBytes, memory, int4 } = survey
  const line = (what: string, found: string): void => print(`${what.padEnd(18)} ${found}`)
  line('model', pc.bold(survey.from))
  if (kind !== undefined) line('kind', kind)
  if (parameters !== undefined) line('parameters', parameters.toLocaleString('en'))
  if (formats) line('stored as', `${formats.join(', ')}, ${bytes(sourceBytes)}`)
  if (contextTokens !== undefined) {
    const served = Math.min(contextTokens, 2_048).toLocaleString('en')
    line('context', `${contextTokens.toLocaleString('en')} tokens, of which ${served} are served`)
  }
  if (baseBytes !== undefined) line('on disk', `${bytes(baseBytes)} as a base folder`)
  if (memory) {
    line('to serve', `${bytes(memory.serve)} of memory in 32-bit floats, at most`)
    const each = Object.entries(memory.train).map(([recipe, needed]) => `${recipe} ${bytes(needed)}`)
    line('to train', each.join(', '))
  }
  if (int4 !== undefined) line('4-bit serving', int4)
  line('supported', problems.length === 0 ? pc.green('yes') : pc.red('no'))
  for (const { trait, value, needs } of problems) {
    print(`  ${pc.red(trait)} ${value}`)
    print(`    needs ${needs}`)
  }
}
