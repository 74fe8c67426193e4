export { treasurer, type TreasurerResult } from './treasurer.ts'
export { askClose } from './treasurerGraph.ts'
