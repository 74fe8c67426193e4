export { choosePort, isFree, type PortChoice } from './choosePort.ts'
export { endLeftover } from './endLeftover.ts'
export { startSupervised, type ServerCommand, type Supervised } from './startSupervised.ts'
export { startTemporal, type TemporalOptions, type TemporalServer } from './startTemporal.ts'
