import type { TracedShare } from './tracedShare.ts'

/** How a payee's part of a traced answer came about, as sentences with the numbers. Pure; quotes no text. */
export function tracedSteps(share: TracedShare): string[] {
  const { payee, receipt, rule, provenance, evidence, own, wei, poolWei, epoch } = share
  const { engine, completionTokens } = receipt
  const { spans, symbols, alphabet, milliBits, payees, unexplainedPpm } = provenance
  const reported = 'mode' in engine ? engine.usage?.completionTokens : undefined
  const steps = [
    `The answer cost ${receipt.feeWei} wei and was given by ${receipt.model}, a model of others${'mode' in engine ? ` (${engine.base} at ${engine.engine})` : ''}. Nothing is known of what it learned, so nobody has a score of influence.`,
    `Of its ${symbols} ${alphabet}, ${spans} ${spans === 1 ? 'span stands' : 'spans stand'} verbatim in samples of the Datanet version ${receipt.datanet.slice(0, 10)}. The text surprises by ${bits(milliBits)} bits: ${percent(1_000_000 - unexplainedPpm)} of them are words of ${payees.length} ${payees.length === 1 ? 'contributor' : 'contributors'}, ${percent(unexplainedPpm)} stand nowhere or are everybody's.`,
    own === undefined
      ? `None of these words counts for ${payee}: they stand in no sample of its, or in too many of others.`
      : `Words worth ${bits(own.milliBits)} bits, ${percent(own.sharePpm)} of all, count for ${payee}, since they stand in its samples.`,
    provenance.label,
  ]
  const part = `${percent(rule.contributorsPpm)} of the fee`
  steps.push(
    evidence === 'provenance' && rule.v === 4
      ? `The rule ${receipt.rule.slice(0, 10)} gives ${part} to contributors, and pays for words that are repeated (${rule.provenanceRule}): ${payee} gets ${wei} wei of it, and the Datanet's pool ${poolWei} wei for what is unexplained.`
      : `The rule ${receipt.rule.slice(0, 10)} gives ${part} to contributors by influence alone, of which nothing is known here: all of it, ${poolWei} wei, goes to the Datanet's pool, and ${payee} gets nothing.`,
  )
  if (reported !== undefined && reported !== completionTokens) {
    steps.push(
      `This home's tokenizer counts ${completionTokens} tokens in the answer, by which it was priced; the upstream says that it made ${reported}.`,
    )
  }
  if (epoch) steps.push(`In epoch ${epoch.number} ${payee} earned ${epoch.earnedWei} wei in all.`)
  return steps
}

const bits = (milli: number): string => (milli / 1000).toFixed(1)
const percent = (ppm: number): string => `${(ppm / 10_000).toFixed(2)} %`
