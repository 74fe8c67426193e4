/** What the buyer calls: the catalogue and the price of one answer (read), the purchase (spend), and what it thinks of it. */
export {
  ask as askPort,
  judgeAnswer as judgePort,
  listModels as cataloguePort,
  quote as quotePort,
} from '../../tools/definitions.ts'
