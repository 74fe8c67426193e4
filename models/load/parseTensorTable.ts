/** One line of a safetensors header: type, shape, and first and last byte (exclusive) in the data. */
export type TensorLine = { dtype: string; shape: number[]; range: [number, number] }

const space = /[ \t\n\r]*/y
const string = /"(?:[^"\\\p{Cc}]|\\(?:["\\/bfnrt]|u[0-9a-fA-F]{4}))*"/uy
const whole = /\d{1,16}/y
const mostAxes = 8

/**
 * The table of tensors in the header of a safetensors file, `{"name": {"dtype", "shape", "data_offsets"}, ...}`.
 *
 * Not JSON.parse: that would build whatever a damaged file holds, at many times its size, and keep the last of two equal
 * keys in silence. Here whatever is not such a table ends the reading at once, and what is built is in proportion to the
 * text. `__metadata__`, texts by name, is read over. Throws a plain Error that says what is wrong and where.
 */
export function parseTensorTable(text: string): Map<string, TensorLine> {
  let at = 0
  const fail = (what: string): never => {
    throw new Error(`${what} at character ${at} of the header`)
  }
  const match = (pattern: RegExp, what: string): string => {
    pattern.lastIndex = at
    const [found] = pattern.exec(text) ?? fail(what)
    at += found.length
    return found
  }
  const skip = (): string => match(space, 'space')
  const take = (mark: string): boolean => {
    skip()
    if (text[at] !== mark) return false
    at++
    return true
  }
  const need = (mark: string): void => void (take(mark) || fail(`no ${mark}`))
  const name = (): string => {
    skip()
    return JSON.parse(match(string, 'no text')) as string
  }
  const count = (): number => {
    skip()
    const value = Number(match(whole, 'no whole number'))
    return Number.isSafeInteger(value) ? value : fail('a number beyond 2^53')
  }
  const members = (each: (key: string) => void): void => {
    need('{')
    if (take('}')) return
    const seen = new Set<string>()
    do {
      const key = name()
      if (seen.has(key)) fail(`${JSON.stringify(key.slice(0, 80))} twice`)
      seen.add(key)
      need(':')
      each(key)
    } while (take(','))
    need('}')
  }
  const counts = (most: number): number[] => {
    need('[')
    const found: number[] = []
    if (take(']')) return found
    do {
      if (found.length === most) fail('a list that is too long')
      found.push(count())
    } while (take(','))
    need(']')
    return found
  }

  const lines = new Map<string, TensorLine>()
  members((key) => {
    if (key === '__metadata__') return members(() => void name())
    let dtype: string | undefined
    let shape: number[] | undefined
    let range: number[] | undefined
    members((field) => {
      if (field === 'dtype') dtype = name()
      else if (field === 'shape') shape = counts(mostAxes)
      else if (field === 'data_offsets') range = counts(2)
      else fail('an unknown field')
    })
    if (dtype === undefined || !shape || range?.length !== 2) return fail('a tensor without type, shape or place')
    lines.set(key, { dtype, shape, range: range as [number, number] })
  })
  skip()
  if (at !== text.length) fail('more after the end')
  return lines
}
