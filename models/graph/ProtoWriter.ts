const text = new TextEncoder()

/** Writes protobuf messages: varints, fixed 32-bit floats, length-delimited bytes. Fields are written in call order. */
export class ProtoWriter {
  readonly #parts: Uint8Array[] = []
  #size = 0

  int(field: number, value: number | bigint): this {
    return this.#varint(field << 3).#varint(value)
  }

  float(field: number, value: number): this {
    const bytes = new Uint8Array(4)
    new DataView(bytes.buffer).setFloat32(0, value, true)
    return this.#varint((field << 3) | 5).#push(bytes)
  }

  bytes(field: number, value: Uint8Array): this {
    return this.#varint((field << 3) | 2)
      .#varint(value.length)
      .#push(value)
  }

  string(field: number, value: string): this {
    return this.bytes(field, text.encode(value))
  }

  message(field: number, fill: (inner: ProtoWriter) => void): this {
    const inner = new ProtoWriter()
    fill(inner)
    this.#varint((field << 3) | 2).#varint(inner.#size)
    for (const part of inner.#parts) this.#push(part)
    return this
  }

  finish(): Uint8Array {
    const out = new Uint8Array(this.#size)
    let at = 0
    for (const part of this.#parts) {
      out.set(part, at)
      at += part.length
    }
    return out
  }

  #push(part: Uint8Array): this {
    this.#parts.push(part)
    this.#size += part.length
    return this
  }

  // Negative numbers take ten bytes, as protobuf's int64 does.
  #varint(value: number | bigint): this {
    let rest = BigInt.asUintN(64, BigInt(value))
    const out: number[] = []
    do {
      const low = Number(rest & 127n)
      rest >>= 7n
      out.push(rest ? low | 128 : low)
    } while (rest)
    return this.#push(Uint8Array.from(out))
  }
}
