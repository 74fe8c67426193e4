import { makeSample, nobody, noCommitment, signContribution } from '../../datanets/index.ts'
import { payeeIdString } from '../../kernel/index.ts'
import type { ToolContext } from '../context.ts'

/** An input of `contribute`: one sample for each prompt, signed by the buyer of the home for this Datanet. */
export async function signContributions(
  { chain, keys }: Pick<ToolContext, 'chain' | 'keys'>,
  datanet: string,
  prompts: readonly string[],
) {
  const payee = payeeIdString.parse(keys.buyer.address.toLowerCase())
  const scope = { chainId: chain.chainId, registry: chain.contracts.datanetRegistry }
  const samples = []
  for (const prompt of prompts) {
    const fields = { prompt, completion: `${prompt} Nobody knows.`, licence: 'MIT', source: 'own.md' }
    const { id: sample } = makeSample({ ...fields, payee })
    const terms = { datanet, sample, payee, licence: 'MIT', commitment: noCommitment, importedBy: nobody }
    samples.push({ ...fields, signature: await signContribution(keys.buyer, terms, scope) })
  }
  return { datanet, contributor: payee, samples }
}
