import { slowIndex } from '../../../attribution/index.ts'
import { digestText, type PayeeId, type Sample } from '../../../kernel/index.ts'
import { composeTrace } from '../composeTrace.ts'
import { textOf } from '../textOf.ts'
import type { Trace } from '../trace.ts'

const licence = 'Released under the MIT License. See the file LICENSE for details.'

const texts: [string, string, string][] = [
  [
    'npm:zod',
    'What does a schema check?',
    `A schema checks a value while the program runs, and gives back a typed value or a list of what is wrong with it. ${licence}`,
  ],
  [
    'npm:hono',
    'How is a route matched?',
    `A route is matched by a trie over its segments; the first handler that returns a response ends the chain. ${licence}`,
  ],
  [
    'npm:viem',
    'Who signs a transaction?',
    `The wallet client signs a transaction with its account, then sends it to the node that the transport names. ${licence}`,
  ],
  [
    'npm:commander',
    'Where are options parsed?',
    `Options are parsed before the action runs; a value that the parser refuses never reaches it. ${licence}`,
  ],
  [
    'npm:@hyperjump/json-schema-with-a-very-long-name-indeed',
    'And JSON Schema?',
    `The first handler that returns a response ends the chain, whatever a schema says of it. ${licence}`,
  ],
]

/** An answer made of five samples of a small Datanet, and of words of nobody: über und über. */
export const exampleText = [
  'In short: a schema checks a value while the program runs, and gives back a typed value or a list of what is wrong with it.',
  'After that — ganz ohne Frage — the first handler that returns a response ends the chain, and the wallet client signs a transaction with its account.',
  'What happens next is told by no sample at all. Released under the MIT License. See the file LICENSE for details.',
].join('\n')

/** What that answer is traced to; `attack` stands in every text that a contributor can write. */
export async function exampleTrace(attack = ''): Promise<Trace> {
  const samples = texts.map(([payee, prompt, completion]): Sample => ({
    id: digestText(completion),
    payee: `${payee}${attack}` as PayeeId,
    prompt: `${prompt}${attack}`,
    completion: `${completion}${attack}`,
    licence: `MIT${attack}`,
    source: `${payee.slice(4)}@1.0.0#readme${attack}`,
  }))
  const index = slowIndex(
    samples.map((sample) => ({
      symbols: Buffer.from(textOf(sample)),
      sample: sample.id,
      payee: sample.payee,
      cluster: sample.id,
    })),
    'bytes',
  )
  return composeTrace({
    text: exampleText,
    indexes: [{ datanet: `packages${attack}`, index }],
    tokenizer: { encode: () => [], decode: () => '' },
    sampleOf: async (id) => samples.find((sample) => sample.id === id)!,
    places: 5,
  })
}
