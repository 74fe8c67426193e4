import type { Sample } from '../../kernel/index.ts'
import { documentOf, makeSample } from '../../datanets/index.ts'
import { asciiOf, windowBytes, windowSample, type WindowSample } from '../attribution/windowSample.ts'

/** A contributed text: what the filter reads is the whole of it, what is trained on is one window. */
export type GameSample = { text: Sample; at: number; window: WindowSample }

/** The sample with its window, which starts at `at` or as near to it as the text is long enough for. */
export function gameSample(text: Omit<Sample, 'id'>, at: number): GameSample {
  const whole = asciiOf(`${text.prompt}\n${text.completion}`)
  const from = Math.max(0, Math.min(Math.round(at), whole.length - windowBytes))
  return { text: makeSample(text), at: from, window: windowSample(whole, from) }
}

/** The same sample, said otherwise or by another payee; the window stays at the same place of the text. */
export function variantOf(
  { text, at }: GameSample,
  changed: Partial<Pick<Sample, 'prompt' | 'completion' | 'payee'>>,
  tag: string,
): GameSample {
  const next = { ...text, ...changed, source: `${documentOf(text)}-${tag}` }
  const length = (one: Pick<Sample, 'prompt' | 'completion'>): number => one.prompt.length + one.completion.length
  return gameSample(next, (at * length(next)) / length(text))
}
