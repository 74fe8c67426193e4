import { readModel } from '../../chain/index.ts'
import { getRule } from '../../store/index.ts'
import { differs, type AuditCheck } from './auditCheck.ts'

export const checkRule: AuditCheck = {
  name: 'revenue rule',
  judges: 'the revenue rule',
  duty: 'the operator, who keeps it under its digest',
  async run({ store, chain }, { receipt }) {
    const rule = await getRule(store, { digest: receipt.rule })
    const onChain = await readModel(chain, receipt.adapter)
    if (onChain?.rule !== receipt.rule)
      throw differs('the revenue rule', { receipt: receipt.rule, onChain: onChain?.rule ?? 'nothing' })
    return `${rule.contributorsPpm / 10_000} % to contributors, as on chain`
  },
}
