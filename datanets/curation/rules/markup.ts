import type { Sample } from '../../../kernel/index.ts'
import { headingOf, type CurationRule } from '../rule.ts'

const contentsHeading = /^[^\p{L}]*((table of )?contents|toc|on this page|index)[^\p{L}]*$/iu
/** A list line that is nothing but a link to a place of the same page. */
const contentsLine = /^\s*(?:[-*+]|\d+[.)])\s*\[(?:[^\]\\]|\\.|\](?!\())*\]\(#[^)]*\)\s*$/

export const qualityContents: CurationRule = {
  id: 'quality/contents',
  about: 'Tables of contents say nothing.',
  check: (sample) => {
    const lines = sample.completion.split('\n').filter((line) => line.trim() !== '')
    const links = lines.filter((line) => contentsLine.test(line)).length
    return links * 2 > lines.length || (contentsHeading.test(headingOf(sample)) && links > 0)
      ? `It is a table of contents: ${links} of its ${lines.length} lines are links within the page. Contribute the sections themselves.`
      : undefined
  },
}

/** Shorter texts than this are judged by nothing that counts characters: `<p>` may be the key that answers a question. */
const leastCharacters = 40

/** HTML as READMEs use it; other angle brackets are keys, placeholders and generics. */
const tag =
  /<\/?(?:a|abbr|b|blockquote|br|center|code|dd|del|details|div|dl|dt|em|figure|font|h[1-6]|hr|i|iframe|img|kbd|li|ol|p|picture|pre|s|samp|small|source|span|strong|sub|summary|sup|table|tbody|td|tfoot|th|thead|tr|u|ul|video)(?:\s[^>]*)?\/?>/gi

/** What a reader sees: no comments, tags, pictures, link targets or link definitions. */
export function visibleText(markdown: string): string {
  return markdown
    .replace(/<!--[\s\S]*?-->/g, '')
    .replace(/^\s*\[[^\]]+\]:\s*\S+.*$/gm, '')
    .replace(/!\[[^\]]*\](?:\([^)]*\)|\[[^\]]*\])/g, '')
    .replace(/\[([^\][]*)\](?:\([^)]*\)|\[[^\]]*\])/g, '$1')
    .replace(tag, '')
    .replace(/\s+/g, ' ')
    .trim()
}

export const qualityBadges: CurationRule = {
  id: 'quality/badges',
  about: 'Badges, pictures and link lists with little text are left out.',
  check: (sample) => unseen(sample, 4),
  doubt: (sample) => unseen(sample, 3),
}

function unseen({ completion }: Sample, times: number): string | undefined {
  const all = completion.replace(/\s+/g, ' ').length
  const seen = visibleText(completion).length
  return all >= leastCharacters && seen * times < all
    ? `Of its ${all} characters a reader sees ${seen}; the rest is badges, pictures, tags and link targets. Contribute the text without them.`
    : undefined
}

export const qualityHtml: CurationRule = {
  id: 'quality/html',
  about: 'Pages of HTML tags are left out; code that shows HTML is fine.',
  check: (sample) => tagged(sample, 3),
  doubt: (sample) => tagged(sample, 4),
}

function tagged({ completion }: Sample, times: number): string | undefined {
  const prose = completion.replace(/(```|~~~)[\s\S]*?(\1|$)/g, '').replace(/`[^`\n]*`/g, '')
  const tags = (prose.match(tag) ?? []).reduce((sum, found) => sum + found.length, 0)
  return completion.length >= leastCharacters && tags * times > completion.length
    ? `${tags} of its ${completion.length} characters are HTML tags outside of code. Contribute it as Markdown or plain text.`
    : undefined
}

export const qualityUnreadable: CurationRule = {
  id: 'quality/unreadable',
  about: 'Text must be text.',
  check: ({ prompt, completion }) => {
    const text = prompt + completion
    // Controls but for tab and line ends, the replacement character, and private-use letters.
    const bad = text.match(/[\p{Cc}\uFFFD\p{Co}]/gu)?.filter((c) => !'\t\n\r'.includes(c)).length ?? 0
    return bad * 100 > text.length
      ? `${bad} of its ${text.length} characters are no readable text. Convert it to UTF-8 from its true encoding.`
      : undefined
  },
}

export const qualityRepetitive: CurationRule = {
  id: 'quality/repetitive',
  about: 'A text that repeats the same few words is left out.',
  check: (sample) => repeated(sample, 12),
  doubt: (sample) => repeated(sample, 6),
}

function repeated({ completion }: Sample, times: number): string | undefined {
  const words = completion.toLowerCase().match(/[\p{L}\p{N}]+/gu) ?? []
  const different = new Set(words).size
  return words.length >= 60 && different * times < words.length
    ? `Its ${words.length} words are only ${different} different ones, again and again. Contribute it without the repetition.`
    : undefined
}
