import type { z } from 'zod'
import type { decide, listModels } from '../../tools/definitions.ts'

type Models = z.output<typeof listModels.output>['models']

const most = 20

/** Which model of the catalogue to buy from: the policy takes the one whose training lowered the held-out loss most. */
export function askModel(models: Models): z.input<typeof decide.input> {
  const gainOf = ({ heldOutLossBeforeMicroNats: before, heldOutLossAfterMicroNats: after }: Models[number]) =>
    before - after
  const offered = models.slice(0, most)
  const best = offered.reduce((best, model) => (gainOf(model) > gainOf(best) ? model : best))
  return {
    question: 'From which model should the answers be bought?',
    about: {
      models: offered.map(({ alias, price, ...model }) => ({
        alias,
        gainMicroNats: gainOf({ alias, price, ...model }),
        price,
      })),
    },
    options: offered.map(({ alias }) => ({ option: alias, what: 'a model on sale' })),
    policy: {
      id: 'buyer/largest-gain/1',
      option: best.alias,
      why: `its training lowered the held-out loss by ${gainOf(best)} micro-nats`,
    },
  }
}
