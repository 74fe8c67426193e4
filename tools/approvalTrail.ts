import { addressString } from '../kernel/index.ts'
import { budgetTrail } from './budgetTrail.ts'
import { defineTool } from './defineTool.ts'

export const approvalTrail = defineTool({
  name: 'approval_trail',
  summary:
    'List what was asked, approved, denied, expired and ruled about actions: signed lines, each over the one before. Anyone can check them.',
  effect: 'read',
  input: budgetTrail.input,
  output: budgetTrail.output
    .omit({ wallet: true })
    .extend({ operator: addressString.describe('whose key signed each line') }),
})
