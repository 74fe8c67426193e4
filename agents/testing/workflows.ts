export { buyer, curator } from '../index.ts'
