import { z } from 'zod'
import { addressString, digestString, payeeIdString, ppmInteger, weiString } from './schemas.ts'

/** One unit of contributed text. `id` is the digest of the other fields' canonical bytes. */
export const sampleSchema = z.object({
  id: digestString,
  prompt: z.string(),
  completion: z.string().min(1),
  payee: payeeIdString,
  licence: z.string().describe('SPDX expression'),
  source: z.string().describe('where it came from: package@version#heading, file and line, URL'),
})
export type Sample = z.infer<typeof sampleSchema>

/** One decision of curation about one sample, with the reason that a contributor can act on. */
export const decisionSchema = z.object({
  sample: digestString,
  verdict: z.enum(['accept', 'reject']),
  rule: z.string().describe('the curation rule that decided, e.g. duplicate/near'),
  reason: z.string(),
  cluster: digestString.optional().describe('first sample (by commitment order) of its duplicate cluster'),
})
export type Decision = z.infer<typeof decisionSchema>

/** Our own engine: which lines of code, numbers and weights made an answer, and what an audit needs to compute the same bits. */
export const attestedStampSchema = z.object({
  runtime: z.string().describe('e.g. onnxruntime-node 1.30.0'),
  cpu: z.string().describe('CPU class: architecture and vector extension'),
  graph: digestString,
  weights: digestString,
})
export type AttestedStamp = z.infer<typeof attestedStampSchema>

/** An engine of others, behind an API: what it says of itself and what its operator states. Nobody can compute its bits again. */
export const externalStampSchema = z.object({
  mode: z.literal('external'),
  engine: z.string().describe('as it names itself, e.g. vllm'),
  version: z.string().describe('as it says; unknown where it does not'),
  fingerprint: z.string().optional().describe('of its build and settings, where it gives one'),
  base: z.string().describe('the name under which it serves the base model'),
  baseRevision: z.string().describe('which weights that is, as the operator states it'),
  adapter: digestString.describe('of the files that it was given, by which it is asked'),
  dtype: z.string().describe('as the operator states it'),
  tokens: z.enum(['reported', 'encoded']).describe('whether it reported its token ids, or its text was encoded again'),
  usage: z
    .object({ promptTokens: z.int(), completionTokens: z.int() })
    .optional()
    .describe(
      'tokens as it counted them; the receipt’s are counted, and priced, by the tokenizer of the home that sold',
    ),
})
export type ExternalStamp = z.infer<typeof externalStampSchema>

/** What made an answer. Only a stamp without a mode is attested. */
export const engineStampSchema = z.union([externalStampSchema, attestedStampSchema])
export type EngineStamp = z.infer<typeof engineStampSchema>

/** What is sold: one answer, by which weights, for which fee. Signed; its digest is the receipt's id. */
export const receiptSchema = z.object({
  v: z.literal(1),
  model: z.string().describe('the alias that was asked for'),
  adapter: digestString,
  base: digestString,
  datanet: digestString.describe('root of the Datanet version'),
  recipe: digestString,
  request: digestString.describe('salted digest of the canonical request'),
  answer: digestString.describe('salted digest of the answer text'),
  seed: z.int(),
  promptTokens: z.int(),
  completionTokens: z.int().describe('tokens that were made'),
  maxTokens: z.int().optional().describe('tokens that the fee paid for; absent in receipts of before it was kept'),
  paddedLength: z.int(),
  engine: engineStampSchema,
  feeWei: weiString,
  asset: addressString,
  chainId: z.int(),
  payer: addressString,
  nonce: digestString.describe('with the payer it names the payment: for exact the EIP-3009 nonce'),
  scheme: z.string().optional().describe('how it was paid; absent: exact'),
  rule: digestString.describe('the revenue rule in force'),
  attributionEngine: digestString
    .optional()
    .describe(
      'the version of the attribution engine in force; absent in receipts of before versions were governed: the first',
    ),
  at: z.int().describe('milliseconds since 1970, by the clock of the server'),
})
export type Receipt = z.infer<typeof receiptSchema>

/**
 * How far an answer has been scored. `receipt`: at once, to first order. `money`: before its epoch closes, as the rule asks;
 * these are paid.
 */
export const attributionTiers = ['receipt', 'money'] as const
export type AttributionTier = (typeof attributionTiers)[number]

/** The influence of each payee on one answer. Scores are quantised; the quantised ones are what is paid. */
export const attributionSchema = z.object({
  v: z.literal(1),
  receipt: digestString,
  method: z.string().describe('e.g. counterfactual-linear/1+hessian-free/1'),
  engine: digestString
    .optional()
    .describe('the version of the engine that scored it, as its receipt names it; absent where that names none'),
  adapterSet: digestString.describe('root of the counterfactual adapters'),
  sampleScores: digestString
    .optional()
    .describe('scores of all samples that split the groups, where they are of a whole epoch; else the answer’s own do'),
  groups: z.array(z.object({ group: z.int(), scoreMicroNats: z.int() })),
  payees: z.array(z.object({ payee: payeeIdString, scoreMicroNats: z.int(), sharePpm: ppmInteger })),
  top: z.array(z.object({ sample: digestString, payee: payeeIdString, scoreMicroNats: z.int(), sharePpm: ppmInteger })),
  provenance: z
    .object({
      label: z.string().describe('what it does not say'),
      alphabet: z.enum(['tokens', 'bytes']),
      documents: digestString
        .optional()
        .describe(
          'root over the ids of the samples that were looked in: that of the Datanet version in the receipt, less what was taken down by then. However they are dealt to the files of an index, the trace is the same. Absent in records of before it was kept',
        ),
      index: digestString
        .optional()
        .describe('root of the index that was asked; in records of before `documents` alone'),
      symbols: z.int(),
      spans: z.int(),
      milliBits: z.int(),
      payees: z.array(z.object({ payee: payeeIdString, milliBits: z.int(), sharePpm: ppmInteger })),
      unexplainedPpm: ppmInteger,
    })
    .optional()
    .describe('whose words the answer repeats, of a model that is traced verbatim: never added to scores of influence'),
})
export type Attribution = z.infer<typeof attributionSchema>

const feeParts = {
  treasuryPpm: ppmInteger,
  serverPpm: ppmInteger,
  modelOwnerPpm: ppmInteger,
  contributorsPpm: ppmInteger,
  noiseFloorMicroNats: z.int().min(0).describe('payee scores at or below it earn nothing'),
}

const exactScoring = {
  shareRule: z.string().describe('id of the rule by which scores become shares'),
  exactGroups: z.int().min(0).describe('answers of adapters with so many payee groups or fewer are scored exactly'),
  exactFeeWei: weiString.describe('answers that cost so much or more are scored exactly too'),
  exactSample: z.int().min(0).describe('of the other answers of an epoch so many are, drawn by a later block hash'),
  evidenceFloorPpm: ppmInteger.describe(
    'rank correlation with real retraining below which no split inside a group is paid: its money goes to the pool',
  ),
}

const payeeCap = {
  payeeCapPpm: ppmInteger
    .min(1)
    .describe(
      'the most that one payee is paid of the contributors’ money of an adapter in an epoch; 1,000,000: no cap',
    ),
}

/** How a fee is cut: versioned, content-addressed, referenced on chain. The four parts sum to 1,000,000. */
export const revenueRuleSchema = z.discriminatedUnion('v', [
  z.object({ v: z.literal(1), ...feeParts, shareRule: z.literal('positive-per-payee/1') }),
  z.object({ v: z.literal(2), ...feeParts, ...exactScoring }),
  z.object({ v: z.literal(3), ...feeParts, ...exactScoring, ...payeeCap }),
  z.object({
    v: z.literal(4),
    ...feeParts,
    ...exactScoring,
    ...payeeCap,
    provenanceRule: z
      .string()
      .describe(
        'id of the rule that divides the contributors’ part of answers that are traced verbatim: by whose words they repeat, which is not influence. Under rules without it the pool gets that part',
      ),
  }),
])
export type RevenueRule = z.infer<typeof revenueRuleSchema>

/**
 * A version of the attribution engine as the governed document that it is: by which methods answers are scored, how scores become
 * integers, which share rules it brings, and the digest of the code that computes scores. Its own digest is what the chain adopts
 * and what receipts name; a changed formula is another document, and the one before stays, or old receipts could not be replayed.
 */
export const engineDocumentSchema = z.object({
  v: z.literal(1),
  receipt: z.string().describe('method of payee groups, for scores at once'),
  money: z.string().describe('method of payee groups, for scores that are paid'),
  insideGroups: z.string().describe('method of samples inside a group, over an epoch'),
  fallback: z.string().describe('method of samples at once, and where a run cannot be replayed'),
  unsplit: z.string().describe('what stands for a split without evidence'),
  scores: z.string().describe('unit in which scores are kept'),
  shares: z.string().describe('unit in which shares are kept'),
  shareRules: z.array(z.string()),
  code: digestString.describe('of the sources that compute scores'),
})
export type EngineDocument = z.output<typeof engineDocumentSchema>
