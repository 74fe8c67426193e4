import type { Chain } from '../client/openChain.ts'

/** The number of the newest block. */
export async function headBlock({ reader }: Chain): Promise<number> {
  return Number(await reader.getBlockNumber({ cacheTime: 0 }))
}
