import { afterAll, beforeAll, expect, test } from 'vitest'
import { currentEpoch, freezeEpoch, openStore, type Store } from '../store/index.ts'
import { run } from './closeEpoch.run.ts'
import type { ToolContext } from './context.ts'

let store: Store
beforeAll(async () => {
  store = await openStore({ dir: 'memory://' })
  await currentEpoch(store, {})
})
afterAll(() => store.close())

const digest = `0x${'00'.repeat(32)}`
const totals = { root: digest, receivedWei: '0', paidWei: '0', treasuryWei: '0', poolWei: '0', claimedWei: '0' }

/** A Temporal that freezes, as the workflow's first step does, and then dies as often as it is told to: the injected fault. */
function calls(deaths: number) {
  const started: string[] = []
  const workflows = {
    start: async (_: string, id: string) => {
      started.push(id)
      await freezeEpoch(store, { epoch: Number(id.split('/')[1]) })
    },
    result: async (id: string) => {
      if (deaths-- > 0) throw new Error('the gateway was killed')
      return { epoch: Number(id.split('/')[1]), ...totals }
    },
  }
  const close = (effectKey: string) =>
    run({}, { store, workflows, now: Date.now, call: { face: 'test', effectKey } } as unknown as ToolContext)
  return { started, close }
}

test('a close that was cut twice closes one epoch, and another key first finishes what that one left', async () => {
  const { started, close } = calls(2)
  await expect(close('a')).rejects.toThrow('killed')
  await expect(close('a')).rejects.toThrow('killed')
  expect(await close('b')).toMatchObject({ epoch: 1 })
  expect(await close('a')).toMatchObject({ epoch: 1, workflow: 'settle/1' })
  expect(new Set(started)).toEqual(new Set(['settle/1']))
  expect((await currentEpoch(store, {})).number).toBe(2)
})
