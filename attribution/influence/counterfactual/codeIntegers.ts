import { BitChances, evenChance, type BitCoder } from './BitCoder.ts'

/** Where the running mean of |code|, in 16ths, changes its bucket. */
const buckets = [2, 4, 6, 9, 13, 18, 25, 35, 50, 70, 100, 140, 200, 280]
/** Magnitudes that have chances of their own; larger ones are written plainly, as rare as they are. */
const learnt = 14

/**
 * Passes whole numbers through a coder of bits, writing them or finding them, whichever it does; `codes` is changed in place.
 *
 * A number is: is it zero; its sign; is it 1, is it 2, ... Each question's chance is learnt apart for each bucket of a
 * running mean over the numbers before it, about eight of them: large numbers stand beside large ones.
 * Numbers of |code| < 2^30. Cost: |code| + 2 bits, or about 40 from 15 on.
 */
export function codeIntegers(coder: BitCoder, codes: Int32Array): void {
  const chances = new BitChances((buckets.length + 1) * (learnt + 1))
  const asked = (question: number, answer: number): number => {
    const bit = coder.bit(chances.of(question), answer)
    chances.learn(question, bit)
    return bit
  }
  let mean = 0
  for (let i = 0; i < codes.length; i++) {
    const known = Math.abs(codes[i]!)
    let bucket = 0
    while (bucket < buckets.length && mean >= buckets[bucket]!) bucket++
    const first = bucket * (learnt + 1)
    let size = 0
    while (size <= learnt && asked(first + size, known > size ? 1 : 0) === 1) size++
    if (size > learnt) size += codePlainly(coder, known - size)
    if (size > 0) codes[i] = coder.bit(evenChance, codes[i]! < 0 ? 1 : 0) === 1 ? -size : size
    else codes[i] = 0
    mean += ((size << 4) - mean) >> 3
  }
}

/** A number from 0 on by Elias's gamma code of itself and one: its length, then its bits. */
function codePlainly(coder: BitCoder, known: number): number {
  let length = 0
  while (length < 31 && coder.bit(evenChance, known + 1 >= 2 ** (length + 1) ? 1 : 0) === 1) length++
  let value = 1
  for (let i = length - 1; i >= 0; i--) value = value * 2 + coder.bit(evenChance, ((known + 1) >>> i) & 1)
  return value - 1
}
