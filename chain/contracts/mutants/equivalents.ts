/**
 * Changes that nobody could tell from the original, each with why. They are never drawn. `code` is the line as it stands, so an entry
 * ends with the line that it speaks of.
 */
export const equivalents: readonly { file: string; code: string; from: string; to: string; why: string }[] = []
