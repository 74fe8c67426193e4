import type { Graph, Val } from '../Graph.ts'
import { gather } from './gather.ts'
import { matmul } from './matmul.ts'
import { multiply } from './multiply.ts'
import { oneHot } from './oneHot.ts'
import { subtract } from './subtract.ts'
import { sumLast } from './sumLast.ts'
import { sumTo } from './sumTo.ts'

/**
 * Negative log likelihood of a token at each position, in nats.
 *
 *   nll = logsumexp(x headᵀ) - x · head[label]
 *   dx = g (p head - head[label])      dhead = Σ g (p - onehot(label))ᵀ x      with p = softmax(x headᵀ)
 *
 * Shapes: x [b, m, d], head [vocabulary, d], labels [b, m]; returns [b, m, 1].
 * Cost: one product with the head forward and one back; no one-hot unless the head itself is differentiated.
 */
export function vocabularyLoss(graph: Graph, x: Val, head: Val, labels: Val): Val {
  const logits = matmul(graph, x, head, { transposeB: true })
  const p = graph.op('Softmax', [logits], { attributes: { axis: -1 }, shape: logits.shape })
  const last = graph.ints([x.shape.length - 1])
  const shape = [...x.shape.slice(0, -1), 1]
  const largest = (v: Val): Val => graph.op('ReduceMax', [v, last], { attributes: { keepdims: 1 }, shape })
  // The largest p is exp(max - logsumexp), so logsumexp comes without another pass of exponentials.
  const logSumExp = subtract(graph, largest(logits), graph.op('Log', [largest(p)], { shape }))
  const labelRows = gather(graph, head, labels)
  const nll = subtract(graph, logSumExp, sumLast(graph, multiply(graph, x, labelRows)))
  return graph.op('Identity', [nll], {
    shape,
    differentiates: [x, head],
    vjp: (gradient, needs) => {
      const dHead = (): Val => {
        const error = multiply(graph, subtract(graph, p, oneHot(graph, labels, head)), gradient)
        return sumTo(graph, matmul(graph, error, x, { transposeA: true }), head.shape)
      }
      return [
        needs(0) ? multiply(graph, gradient, subtract(graph, matmul(graph, p, head), labelRows)) : null,
        needs(1) ? dHead() : null,
      ]
    },
  })
}
