export { publish } from '../fromLangGraph/graphs.ts'
export { orderWorkflow } from '../fromTemporal/before.ts'
export { order } from '../fromTemporal/graphs.ts'
