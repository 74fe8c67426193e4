/** The two tools that the buyer calls: the price of one answer (read), and the purchase (spend). */
export { ask as askPort, quote as quotePort } from '../../tools/definitions.ts'
