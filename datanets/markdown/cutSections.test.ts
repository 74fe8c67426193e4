import { expect, test } from 'vitest'
import { cutSections } from './cutSections.ts'
import { sectionPrompt } from './sectionPrompt.ts'

const page = `Before.

# zod

Intro.

\`\`\`sh
# no heading
\`\`\`

Set *up*
--------

Do it.

### \`parse(x)\`

- # nor this

## Empty

## FAQ

Said.`

test('cuts a page at its 5 headings, not at those in code and lists, and leaves the empty section out', () => {
  expect(cutSections(page).map(({ heading, above, text, line }) => [line, heading, above, text])).toEqual([
    [1, '', [], 'Before.'],
    [3, 'zod', [], 'Intro.\n\n```sh\n# no heading\n```'],
    [11, 'Set up', ['zod'], 'Do it.'],
    [16, 'parse(x)', ['zod', 'Set up'], '- # nor this'],
    [22, 'FAQ', ['zod'], 'Said.'],
  ])
})

test.each([
  ['', 0, [], 'What is zod?'],
  ['Zod', 2, [], 'What is zod?'],
  ['Installation', 2, ['zod'], 'How do I install zod?'],
  ['Usage', 3, ['zod', 'parse()'], 'How do I use parse() of zod?'],
  ['Why is it slow?', 2, ['zod'], 'About zod: Why is it slow?'],
  ['Errors', 3, ['zod', 'API'], 'In the documentation of zod, what is said about "API: Errors"?'],
])('the heading %j is asked for as a question', (heading, depth, above, prompt) => {
  expect(sectionPrompt('zod', { heading, depth, above })).toBe(prompt)
})
