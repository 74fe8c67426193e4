export { recordedGateway } from './recordedGateway.ts'
export { openGateway } from './openGateway.ts'
export { listen } from './listen.ts'
export { createSeller, type Seller, type Sold } from './sell/createSeller.ts'
