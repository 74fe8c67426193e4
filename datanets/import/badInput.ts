import { TributaryError, type Facts } from '../../kernel/index.ts'

/** Where a piece of input stands: file, line and column count from 1. */
export type Place = { file: string; line?: number; column?: number }

/** The coded error of input that can't be imported. The place is in the message and in the facts. */
export function badInput(
  code: `datanets/${string}`,
  what: string,
  { place, facts = {}, tryThis, cause }: { place: Place; facts?: Facts; tryThis: string; cause?: unknown },
): TributaryError {
  return new TributaryError(`${showPlace(place)}: ${what}`, { code, facts: { ...place, ...facts }, tryThis, cause })
}

/** `file:line:column`, as editors take it. */
export function showPlace({ file, line, column }: Place): string {
  return [file, line, column].filter((part) => part !== undefined).join(':')
}
