import { verifyReceipt } from '../../chain/index.ts'
import type { Address } from '../../kernel/index.ts'
import { getReceipt } from '../../store/index.ts'
import { differs, type AuditCheck } from './auditCheck.ts'

export const checkReceipt: AuditCheck = {
  name: 'receipt',
  judges: 'the receipt',
  duty: 'the server, which signed it',
  async run({ store, keys }, { id }) {
    const { receipt, signature } = await getReceipt(store, { id })
    const server = keys.server.address as Address
    if (!(await verifyReceipt({ id, receipt, signature: signature as `0x${string}` }, server))) {
      throw differs('the receipt', { receipt: id, server })
    }
    return `signed by ${server}, digest ${id.slice(0, 10)}`
  },
}
