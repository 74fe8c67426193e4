/** The words of a text as bm25 counts them: runs of letters, marks and digits, in lower case; all else only separates. */
export function wordsOf(text: string): string[] {
  return (
    text
      .normalize('NFKC')
      .toLowerCase()
      .match(/[\p{L}\p{M}\p{N}]+/gu) ?? []
  )
}
