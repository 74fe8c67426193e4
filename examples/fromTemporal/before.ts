import { condition, defineSignal, proxyActivities, setHandler } from '@temporalio/workflow'
import type { tools } from './tools.ts'

export const approve = defineSignal<[verdict: string]>('approve')
const { quote, charge } = proxyActivities<typeof tools>({ startToCloseTimeout: '1 m' })

export async function orderWorkflow({ item }: { item: string }) {
  let verdict: string | undefined
  setHandler(approve, (given) => {
    verdict = given
  })
  const { price } = await quote({ item })
  await condition(() => verdict !== undefined)
  if (verdict !== 'yes') return { item, price, verdict }
  const { receipt } = await charge({ price })
  return { item, price, verdict, receipt }
}
