import { digestText, type PayeeId, type Sample } from '../kernel/index.ts'
import { makeSample } from './makeSample.ts'

/** A sample of a test that passes every rule, but for what is given. */
export function sampleOf(given: Partial<Omit<Sample, 'id'>> = {}): Sample {
  const completion =
    given.completion ?? 'Water boils at a lower temperature on a mountain, since the air presses less on it.'
  return makeSample({
    prompt: 'Why does water boil earlier on a mountain?',
    payee: 'npm:water' as PayeeId,
    licence: 'MIT',
    source: `water@1.0.0#${digestText(completion).slice(2, 10)}`,
    ...given,
    completion,
  })
}
