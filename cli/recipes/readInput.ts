import { TributaryError } from '../../kernel/index.ts'

/** `name=value` of a command line: the value as JSON, or else as the text that it is, as one of `texts` always is. Throws cli/usage. */
export function readInput(given: string, texts: readonly string[] = []): [string, unknown] {
  const at = given.indexOf('=')
  if (at < 1) {
    throw new TributaryError(`${given.slice(0, 80)} is no input.`, {
      code: 'cli/usage',
      tryThis: 'write --with name=value, once for each',
    })
  }
  const [name, text] = [given.slice(0, at), given.slice(at + 1)]
  if (texts.includes(name)) return [name, text]
  try {
    const value: unknown = JSON.parse(text)
    // Wei are text: of digits that a number cannot hold nothing else can be meant.
    return [name, typeof value === 'number' && /^\d+$/.test(text) && !Number.isSafeInteger(value) ? text : value]
  } catch {
    return [name, text]
  }
}
