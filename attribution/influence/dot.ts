/**
 * sum over j of a[j] · rows[at + j], for all of `a`. Products and sums in fp64, added in one fixed order (eight lanes): the
 * same bits on every machine. NaN or an infinity on either side gives one; finite fp32 products cannot overflow.
 */
export function dot(a: Float32Array, rows: Float32Array, at: number): number {
  let s0 = 0,
    s1 = 0,
    s2 = 0,
    s3 = 0,
    s4 = 0,
    s5 = 0,
    s6 = 0,
    s7 = 0
  const whole = a.length - (a.length % 8)
  let j = 0
  for (; j < whole; j += 8) {
    const r = at + j
    s0 += a[j]! * rows[r]!
    s1 += a[j + 1]! * rows[r + 1]!
    s2 += a[j + 2]! * rows[r + 2]!
    s3 += a[j + 3]! * rows[r + 3]!
    s4 += a[j + 4]! * rows[r + 4]!
    s5 += a[j + 5]! * rows[r + 5]!
    s6 += a[j + 6]! * rows[r + 6]!
    s7 += a[j + 7]! * rows[r + 7]!
  }
  let tail = 0
  for (; j < a.length; j++) tail += a[j]! * rows[at + j]!
  return s0 + s1 + (s2 + s3) + (s4 + s5 + (s6 + s7)) + tail
}
