const wide =
  /[\u1100-\u115F\u2E80-\uA4CF\uAC00-\uD7A3\uF900-\uFAFF\uFE30-\uFE6F\uFF00-\uFF60\uFFE0-\uFFE6]|\p{Emoji_Presentation}/u
const controls = /[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]+/gu

/** Text of others on one line of a terminal: nothing in it can move the cursor, change colours or turn the line round. */
export function plainText(text: string): string {
  return text.replaceAll(controls, ' ')
}

/** The same over several lines, as an answer is printed. */
export function plainLines(text: string): string {
  return text.split('\n').map(plainText).join('\n')
}

/** Columns of a terminal that a text takes. */
export function widthOf(text: string): number {
  let width = 0
  for (const character of text) width += /\p{M}/u.test(character) ? 0 : wide.test(character) ? 2 : 1
  return width
}

/** The text, cut at the end with … where it is wider. */
export function fit(text: string, width: number): string {
  if (widthOf(text) <= width) return text
  let cut = ''
  for (const character of text) {
    if (widthOf(cut + character) > width - 1) break
    cut += character
  }
  return `${cut}…`
}

/** Lines of at most `width` columns, broken at spaces where there are some; what is left after `most` lines is cut with …. */
export function wrap(text: string, width: number, most: number): string[] {
  const words = text.split(' ')
  const lines: string[] = []
  let line = ''
  while (words.length > 0 && lines.length < most - 1) {
    const next = line === '' ? (words[0] as string) : `${line} ${words[0]}`
    if (widthOf(next) <= width) {
      line = next
      words.shift()
    } else if (line === '') break
    else {
      lines.push(line)
      line = ''
    }
  }
  const rest = [line, ...words].filter((part) => part !== '').join(' ')
  return rest === '' && lines.length > 0 ? lines : [...lines, fit(rest, width)]
}
