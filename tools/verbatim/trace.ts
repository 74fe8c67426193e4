import { z } from 'zod'
import { digestString, payeeIdString, ppmInteger } from '../../kernel/index.ts'

export const alphabetSchema = z.enum(['tokens', 'bytes'])

/** One sample in which a span stands, as people read it. */
export const tracePlace = z.object({
  datanet: z.string(),
  sample: digestString,
  payee: payeeIdString,
  cluster: digestString.describe('the first of the samples that say the same'),
  offset: z.int().describe('symbols into the sample'),
  source: z.string().nullable().describe('null where its text was erased'),
  licence: z.string().nullable(),
  before: z.string(),
  words: z.string().describe('of the sample: the same as in the text'),
  after: z.string(),
})

export const traceSpan = z.object({
  start: z.int().describe('into the text, in UTF-16 units, as strings of JSON are cut'),
  end: z.int(),
  symbols: z.int(),
  count: z.int().describe('how often it stands in the Datanets'),
  clusters: z.int().nullable().describe('in how many distinct texts; null where it stands too often to be anybody’s'),
  milliBits: z.int(),
  sharePpm: ppmInteger,
  places: z.array(tracePlace),
})

export const traceSchema = z.object({
  method: z.string(),
  label: z.string().describe('what it does not say'),
  alphabet: alphabetSchema,
  indexes: z.array(z.object({ datanet: z.string(), root: digestString })),
  symbols: z.int().describe('tokens or bytes of the text'),
  milliBits: z.int().describe('surprisal of the whole text; shares are parts of it'),
  spans: z.array(traceSpan),
  payees: z.array(z.object({ payee: payeeIdString, milliBits: z.int(), sharePpm: ppmInteger })),
  unexplainedPpm: ppmInteger.describe('what no Datanet explains; with the payees’ shares 1,000,000'),
})
export type Trace = z.output<typeof traceSchema>

/** What trace_text and its page take. */
export const traceRequest = z.object({
  text: z.string().max(200_000).describe('any text, by whomever'),
  datanet: z.string().optional().describe('one Datanet; without it all that are indexed'),
  tokenizer: digestString
    .optional()
    .describe('of the model that made the text: where it is the Datanet’s, the index over tokens is asked, else bytes'),
  minLength: z.int().min(1).max(10_000).optional().describe('shorter spans are left out: 4 tokens or 24 bytes'),
  delimiters: z.array(z.string().min(1).max(20)).max(50).default([]).describe('a span ends with the first of these'),
  places: z.int().min(0).max(64).default(5).describe('samples told of each span'),
})
