/**
 * Prompt and completion of a text that came without a prompt: its opening is asked for to be continued.
 * The opening is the first line, or the words of its first 160 characters, and never more than half of the text; a text
 * of under 40 characters stays whole under an empty prompt.
 */
export function textToPair(text: string): { prompt: string; completion: string } {
  const whole = text.trim()
  if (whole.length < 40) return { prompt: '', completion: whole }
  const limit = Math.min(160, whole.length >> 1)
  const newline = whole.indexOf('\n')
  const space = whole.lastIndexOf(' ', limit)
  const cut = newline > 0 && newline <= limit ? newline : space > 0 ? space : limit
  // A cut inside of a surrogate pair would leave two halves that no canonical form takes.
  const end = /[\uD800-\uDBFF]/.test(whole.charAt(cut - 1)) ? cut - 1 : cut
  return { prompt: `Continue this text: ${whole.slice(0, end).trim()}`, completion: whole.slice(end).trim() }
}
