const table = new Float32Array(1 << 16)
let filled = false

/** All 65,536 IEEE half floats as float32, by their bits. */
export function halfFloats(): Float32Array {
  if (filled) return table
  for (let bits = 0; bits < table.length; bits++) {
    const sign = bits & 0x8000 ? -1 : 1
    const exponent = (bits >> 10) & 31
    const fraction = bits & 1023
    if (exponent === 0) table[bits] = sign * fraction * 2 ** -24
    else if (exponent === 31) table[bits] = fraction ? Number.NaN : sign * Number.POSITIVE_INFINITY
    else table[bits] = sign * (1 + fraction / 1024) * 2 ** (exponent - 15)
  }
  filled = true
  return table
}
