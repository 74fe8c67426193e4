import { eq } from 'drizzle-orm'
import type { Digest } from '../../../kernel/index.ts'
import { defineQuery } from '../../defineQuery.ts'
import { approvals } from '../../schema/index.ts'
import type { Approval } from './approvalLine.ts'

export const findApproval = defineQuery(
  'findApproval',
  async ({ db }, { digest }: { digest: Digest }): Promise<Approval | undefined> => {
    const [found] = await db.select().from(approvals).where(eq(approvals.digest, digest))
    return found
  },
)
