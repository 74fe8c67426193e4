import { localChainId, readAdoptions, readModel } from '../../chain/index.ts'
import { getRule } from '../../store/index.ts'
import { ruleInForce } from '../governing/ruleInForce.ts'
import { differs, type AuditCheck } from './auditCheck.ts'

/**
 * The rule that the receipt names is kept under its digest, was adopted by holders with these very parts, and was in force when
 * the answer was sold; the adapter is registered under an adopted rule as well.
 */
export const checkRule: AuditCheck = {
  name: 'revenue rule',
  judges: 'the revenue rule',
  duty: 'the operator, who keeps it under its digest',
  async run({ store, chain }, { receipt }) {
    const rule = await getRule(store, { digest: receipt.rule })
    const adoptions = await readAdoptions(chain, 'revenue-rule')
    const found = adoptions.findLast(({ digest }) => digest === receipt.rule)
    if (!found)
      throw differs('the revenue rule', { receipt: receipt.rule, adopted: adoptions.map(({ digest }) => digest) })
    if (found.parts.contributorsPpm !== rule.contributorsPpm || found.parts.treasuryPpm !== rule.treasuryPpm)
      throw differs('the parts of the revenue rule', {
        receipt: receipt.rule,
        contributorsPpm: found.parts.contributorsPpm,
      })
    const model = await readModel(chain, receipt.adapter)
    if (!model || !adoptions.some(({ digest }) => digest === model.rule))
      throw differs('the rule that the adapter is registered under', { onChain: model?.rule ?? 'nothing' })
    // The clock of a local chain is moved by whoever works on it, so it says nothing about the time of a sale.
    if (chain.chainId !== localChainId && !ruleInForce(adoptions, receipt.rule, receipt.at))
      throw differs('the revenue rule in force at the time of the sale', { receipt: receipt.rule, at: receipt.at })
    return `${rule.contributorsPpm / 10_000} % to contributors, as holders adopted it`
  },
}
