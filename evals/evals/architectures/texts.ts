import type { ChatMessage } from '../../../models/index.ts'

/** What tokenizers differ on: digits, runs of spaces, line ends, accents composed and not, scripts, emoji, contractions. */
export const texts: readonly string[] = [
  'The quick brown fox jumps over the lazy dog. The dog sleeps; the fox does not.',
  "I'm sure they'll say it's fine, but we've seen THEY'RE not.",
  'In 2024 it cost 1,234.56 dollars, up 12% from 1999.',
  '  two leading spaces, a tab\tand   three   between  ',
  'line one\nline two\r\nline three\n\n\n  indented\n',
  'Zürich, naïve façade, Ærøskøbing; e\u0301 and \u00e9 are one letter.',
  'функция возвращает число, 関数は数を返す, 함수는 숫자를 반환한다',
  'emoji 🌊🚀 and a family 👨‍👩‍👧, done.',
  'const f = (x: number): number => x ** 2 // squares\n\treturn [f(3), {a: "b"}]',
  '<div class="a">&amp;</div> https://example.org/a?b=c#d user@example.org',
  '____--====>>>> !!! ??? ... «quoted» “quoted” ‘it’',
  'ﬁ ligature, ½, ①, Ⅷ, \u00a0no-break space, \u200bzero width',
  'A',
  ' ',
  'the the the the the the the the',
]

export const chats: readonly ChatMessage[][] = [
  [{ role: 'user', content: 'What does the fox do in 2024?\nAnd the dog?' }],
  [
    { role: 'user', content: '  Hello there, naïve world ' },
    { role: 'assistant', content: 'Hello. What is it?' },
    { role: 'user', content: "It's fine 🌊" },
  ],
]
