/** A unit in which amounts of one page are written and drawn. */
export type Unit = { name: string; of: (wei: bigint) => number }

const units = [
  ['OPEN', 18],
  ['thousandths of OPEN', 15],
  ['millionths of OPEN', 12],
  ['10⁹ wei', 9],
  ['wei', 0],
] as const

/** The largest unit of which the largest amount is one or more, so that a page of small amounts is no page of zeros. */
export function unitFor(amountsWei: readonly bigint[]): Unit {
  const most = amountsWei.reduce((a, b) => (a > b ? a : b), 0n)
  const [name, power] = units.find(([, digits]) => most >= 10n ** BigInt(digits)) ?? units.at(-1)!
  // Money is cut to millionths of the unit before it becomes a number: for eyes only.
  const scale = 10n ** BigInt(power)
  return { name, of: (wei) => Number((wei * 1_000_000n) / scale) / 1e6 }
}

export function amount(wei: bigint, unit: Unit): string {
  return unit.of(wei).toLocaleString('en-GB', { maximumFractionDigits: 4 })
}

export function signedAmount(wei: bigint, unit: Unit): string {
  if (wei === 0n) return '0'
  return wei > 0n ? `+${amount(wei, unit)}` : `−${amount(-wei, unit)}`
}

export function percent(ppm: number): string {
  return `${ppm < 0 ? '−' : ''}${(Math.abs(ppm) / 10_000).toFixed(2)}\u00A0%`
}
