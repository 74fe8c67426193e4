/** The five fields of a schedule, with the least and the most that each may be, and names for some of them. */
const fields = [
  { field: 'minute', least: 0, most: 59 },
  { field: 'hour', least: 0, most: 23 },
  { field: 'day of month', least: 1, most: 31 },
  { field: 'month', least: 1, most: 12, names: 'jan feb mar apr may jun jul aug sep oct nov dec' },
  { field: 'day of week', least: 0, most: 6, names: 'sun mon tue wed thu fri sat' },
] as const
type Field = { field: string; least: number; most: number; names?: string }

const longestMonths = [31, 29, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31]
const nicknames: Record<string, string> = {
  '@hourly': '0 * * * *',
  '@daily': '0 0 * * *',
  '@weekly': '0 0 * * 0',
  '@monthly': '0 0 1 * *',
  '@yearly': '0 0 1 1 *',
}

/**
 * A schedule in cron's five fields: `*`, numbers, names, ranges, steps and lists of them; or @hourly to @yearly. Returns it with
 * single spaces, or says what is wrong with which field. A day that no month of it has is refused: it would never come.
 */
export function readCron(text: string): { cron: string } | { problem: string } {
  const trimmed = text.trim().toLowerCase()
  const parts = (nicknames[trimmed] ?? trimmed).split(/\s+/)
  if (parts.length !== fields.length) return { problem: `has ${parts.length} fields, and a schedule has 5` }
  const values: number[][] = []
  for (const [i, field] of fields.entries()) {
    const read = readField(parts[i]!, field)
    if (typeof read === 'string') return { problem: `${field.field} ${parts[i]}: ${read}` }
    values.push(read)
  }
  const [, , days, months] = values as [number[], number[], number[], number[], number[]]
  if (parts[4] === '*' && !months.some((month) => days.some((day) => day <= longestMonths[month - 1]!)))
    return { problem: `day of month ${parts[2]}: no month of it has such a day` }
  return { cron: parts.join(' ') }
}

function readField(text: string, field: Field): number[] | string {
  const values: number[] = []
  for (const part of text.split(',')) {
    const found = /^(\*|[a-z0-9]+)(?:-([a-z0-9]+))?(?:\/(\d{1,4}))?$/.exec(part)
    if (!found || (found[1] === '*' && found[2] !== undefined)) return 'is no number, name, range or step'
    const [, from = '', to, every] = found
    const first = from === '*' ? field.least : numberOf(from, field)
    const last =
      from === '*' ? field.most : to === undefined ? (every === undefined ? first : field.most) : numberOf(to, field)
    const step = Number(every ?? 1)
    if (first === undefined || last === undefined) return `is not within ${field.least} to ${field.most}`
    if (first > last) return 'ends before it begins'
    if (step < 1) return 'has no step of 0'
    for (let value = first; value <= last; value += step) values.push(value)
  }
  return values
}

function numberOf(text: string, { least, most, names }: Field): number | undefined {
  const named = names?.split(' ').indexOf(text) ?? -1
  const value = named >= 0 ? named + least : /^\d{1,2}$/.test(text) ? Number(text) : -1
  return value >= least && value <= most ? value : undefined
}

/** Whether a name is a time zone that this machine, and so Temporal, knows. */
export function isZone(zone: string): boolean {
  try {
    return new Intl.DateTimeFormat('en', { timeZone: zone }).format(0) !== ''
  } catch {
    return false
  }
}
