import { expect, test } from 'vitest'
import { tinyLlama } from '../index.ts'
import { tempDir } from '../graph/reference/tempDir.ts'
import { KeyValueLane } from './KeyValueLane.ts'

const { config } = tinyLlama(tempDir(), { config: { num_key_value_heads: 2, head_dim: 4 } })
const blocks = 2 * config.num_hidden_layers

/** A chunk of two rows whose numbers say where they belong: row, token from `first`, head, block. */
function chunk(first: number, tokens: number): { data: Float32Array; rows: number; tokens: number } {
  const data = new Float32Array(blocks * 2 * 2 * tokens * 4)
  let at = 0
  for (let block = 0; block < blocks; block++) {
    for (let row = 0; row < 2; row++) {
      for (let head = 0; head < 2; head++) {
        for (let token = first; token < first + tokens; token++) {
          data.fill(mark(block, row, head, token), at, (at += 4))
        }
      }
    }
  }
  return { data, rows: 2, tokens }
}
const mark = (block: number, row: number, head: number, token: number): number =>
  1 + block + 10 * head + 100 * row + 1_000 * token

/** All that a row holds, compared with what it should: `length` tokens of row `source`, then zeros. */
function check(lane: KeyValueLane, place: number, source: number, length: number): void {
  for (const [block, { data, dims }] of lane.tensors(place + 1).entries()) {
    expect(dims).toEqual([place + 1, 2, 1, lane.capacity, 4])
    for (const head of [0, 1]) {
      const start = (place * 2 + head) * lane.capacity * 4
      const found = (data as Float32Array).subarray(start, start + lane.capacity * 4)
      const wanted = Float32Array.from({ length: lane.capacity * 4 }, (_, i) =>
        i < length * 4 ? mark(block, source, head, i >> 2) : 0,
      )
      expect(found).toEqual(wanted)
    }
  }
}

test('a lane that grows, moves rows, hands one over and shrinks keeps the tokens of its rows, and zeros behind them', () => {
  const lane = new KeyValueLane(config, { rows: 3, limit: 300 })
  expect(lane.capacity).toBe(64)
  lane.append(0, 0, { ...chunk(0, 10), row: 0 })
  lane.append(1, 0, { ...chunk(0, 64), row: 1 })
  check(lane, 0, 0, 10)
  check(lane, 1, 1, 64)
  lane.fit([10, 65])
  expect(lane.capacity).toBe(128)
  check(lane, 0, 0, 10)
  lane.append(1, 64, { ...chunk(64, 1), row: 1 })
  check(lane, 1, 1, 65)
  lane.move(1, 0)
  check(lane, 0, 1, 65)

  const other = new KeyValueLane(config, { rows: 2, limit: 512, step: 256 })
  // What lay there before must not be seen behind the row that comes.
  other.append(0, 200, { ...chunk(200, 56), row: 0 })
  other.take(0, lane, 0, 65)
  check(other, 0, 1, 65)

  lane.fit([300])
  expect(lane.capacity).toBe(320)
  check(lane, 0, 1, 65)
  lane.fit([])
  expect(lane.capacity).toBe(64)
  expect(() => lane.fit([321])).toThrow(RangeError)
})
