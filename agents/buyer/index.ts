export { buyer, type BuyerResult } from './buyer.ts'
export type { Bought, NotBought, Question } from './buyerGraph.ts'
export { decidePurchase, type Offer, type Purchase } from './decidePurchase.ts'
export { askPort, quotePort } from './ports.ts'
