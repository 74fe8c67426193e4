import { writeFileSync } from 'node:fs'

/** What the corpus holds, for tests to hold against: 112 sound samples and 6 that curation turns away for 4 reasons. */
export const corpusFacts = { samples: 118, accepted: 112, rejected: 6, contributors: 6, clusters: 3 }

const documents = 8
const perDocument = 14
/** Two of the six have an address, and get their claims there; the others have an escrow account. */
export const contributors = [
  '0x70997970c51812dc3a010c7d01b50e0d17dc79c8',
  'npm:quill',
  'name:blaise',
  '0x3c44cdddb6a900fa2b585dd299e03d12fa4293bc',
  'npm:lantern',
  'name:ada',
] as const

const syllables = ['ba', 'de', 'fi', 'go', 'hu', 'ka', 'le', 'mi', 'no', 'pu', 'ra', 'se', 'ti', 'vo', 'wu', 'zan']

/** A small JSONL corpus of made-up words: each document is one contributor's. The same bytes each time. */
export function writeCorpus(file: string): void {
  const records = Array.from({ length: documents * perDocument }, (_, i) => {
    const document = Math.floor(i / perDocument)
    return record(i, { contributor: contributors[document % contributors.length] as string, document })
  })
  const [first, second, third] = records as [Sample, Sample, Sample]
  records.push(
    { ...first, source: 'copy.md#1' },
    { ...second, source: 'copy.md#2' },
    { ...third, completion: `${third.completion} indeed`, source: 'near.md#1' },
    {
      ...record(900, first),
      completion: 'Write to jane.roe.1970@mailbox-of-nobody.org about the lamps of the harbour.',
    },
    { ...record(901, first), licence: 'GPL-3.0-only' },
    { ...record(902, first), prompt: 'a?', completion: 'b' },
  )
  writeFileSync(file, records.map((line) => `${JSON.stringify(line)}\n`).join(''))
}

type Sample = ReturnType<typeof record>

function record(i: number, { contributor, document = 0 }: { contributor: string; document?: number }) {
  const words = Array.from({ length: 11 }, (_, at) => word(i * 11 + at))
  return {
    prompt: `what of ${words[0]} ${words[1]}?`,
    completion: `${words.slice(2).join(' ')}.`,
    contributor,
    document,
    licence: i % 3 === 0 ? 'CC-BY-4.0' : 'MIT',
    source: `page-${document}.md#${i}`,
  }
}

/** Three syllables drawn by a multiplicative hash: no two samples share five words in a row. */
function word(n: number): string {
  const bits = Math.imul(n + 1, 2_654_435_761) >>> 0
  return [28, 22, 14].map((shift) => syllables[(bits >>> shift) & 15]).join('')
}
