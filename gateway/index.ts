export { recordedGateway } from './recordedGateway.ts'
export { createGateway, type GatewayOptions } from './createGateway.ts'
export { listen } from './listen.ts'
export { createSeller, type Seller, type Sold } from './sell/createSeller.ts'
