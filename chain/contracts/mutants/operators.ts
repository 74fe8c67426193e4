/**
 * How bugs are planted: each operator finds places in one line of code (comments and strings are blanked) and says what would
 * stand there instead. An operator changes one thing; what does not compile is not counted.
 */
export type Operator = {
  name: string
  /** Where in the line, which text, and what it becomes. */
  places: (line: string) => Place[]
}
export type Place = { at: number; from: string; to: string }

export const operators: readonly Operator[] = [
  swap('compare the other way', / (<=|>=|<|>|==|!=) /g, (sign) => opposite[sign]!),
  swap('move a boundary', / (<=|>=|<|>) /g, (sign) => boundary[sign]!),
  swap('other logic', / (&&|\|\|) /g, (sign) => (sign === '&&' ? '||' : '&&')),
  swap('other arithmetic', / (\+=|-=|\+|-|\*|\/) /g, (sign) => arithmetic[sign]!),
  drop('drop a check', /^\s*(?:else )?(if \(.+\) revert[^;]*;)/),
  drop('drop a check', /^\s*(if \(.+\) return(?: \w+)?;)/),
  drop('drop a write', /^\s*((?:delete )?[A-Za-z_][\w.]*(?:\[[^;=]*\])*(?:\.\w+)?(?: [-+*]?= [^;]+)?;)/, isWrite),
  drop('drop a write', /^\s*([\w.[\]]+(?:\+\+|--);)/),
  drop('drop a call', /^\s*((?:[a-z_]\w*\.)*[a-z_]\w*\(.*\);)/, (code) => !/^(emit|revert|return|super)\b/.test(code)),
  drop('drop a guard', /\b((?:onlyRole\([\w.]+\)|onlyOwner|onlyGovernance|nonReentrant|whenNotPaused) )/),
  {
    name: 'open a role',
    places: (line) =>
      roles.flatMap((role) => matches(line, new RegExp(`onlyRole\\((?:Roles\\.)?${role}\\)`, 'g'), otherRole)),
  },
  {
    name: 'round up',
    places: (line) =>
      matches(line, /(?:= |return )([^=;]+?) \/ ([\w.()]+);/g, (found, [above = '', below = '']) =>
        found.replace(`${above} / ${below}`, `(${above} + ${below} - 1) / ${below}`),
      ),
  },
  swap(
    'other constant',
    /(?<![\w."'#[]|[=!]= )(\d[\d_]*)(?![\w."'])/g,
    (number) => `${BigInt(number.replaceAll('_', '')) + 1n}`,
    isNoIndex,
  ),
  swap('other truth', /\b(true|false)\b/g, (truth) => (truth === 'true' ? 'false' : 'true')),
  swap('negate a check', /\bif \((!)/g, () => ''),
  {
    name: 'swap operands',
    places: (line) =>
      matches(
        line,
        /([\w.[\]]+) (-|<|<=) ([\w.[\]]+)/g,
        (_found, [a = '', sign = '', b = '']) => `${b} ${sign} ${a}`,
      ).filter(({ from }) => from.split('[').length === from.split(']').length),
  },
  {
    name: 'other branch',
    places: (line) => matches(line, / \? ([^:?]+) : ([^;:]+);/g, (_found, [yes = '', no = '']) => ` ? ${no} : ${yes};`),
  },
  swap('other opcode', /(?<![\w.]|function )(lt|eq|add|shl|shr)\(/g, (opcode) => opcodes[opcode]!),
  swap('leave a loop', /\b(continue);/g, () => 'break'),
]

const opposite: Record<string, string> = { '<': '>', '>': '<', '<=': '>', '>=': '<', '==': '!=', '!=': '==' }
const boundary: Record<string, string> = { '<': '<=', '>': '>=', '<=': '<', '>=': '>' }
/** Of assembly. */
const opcodes: Record<string, string> = { lt: 'gt', eq: 'lt', add: 'sub', shl: 'shr', shr: 'shl' }
const arithmetic: Record<string, string> = { '+=': '-=', '-=': '+=', '+': '-', '-': '+', '*': '/', '/': '*' }
const roles = ['OPERATOR', 'PAUSER', 'STEWARD', 'RESOLVER', 'DISPUTES', 'DEFAULT_ADMIN_ROLE']

function otherRole(found: string): string {
  return /PAUSER/.test(found) ? 'onlyRole(Roles.OPERATOR)' : 'onlyRole(Roles.PAUSER)'
}

/** A statement that writes to what outlasts it is no declaration, and no return. */
function isWrite(code: string): boolean {
  return !/^(return|emit|revert|using|continue|break|_;)\b/.test(code) && /=|^delete /.test(code)
}

/** Neither the start of a loop (it would only be counted again) nor a version. */
function isNoIndex(line: string): boolean {
  return !/^\s*(pragma|for \()/.test(line)
}

function swap(
  name: string,
  pattern: RegExp,
  to: (found: string) => string,
  wanted?: (line: string) => boolean,
): Operator {
  return {
    name,
    places: (line) =>
      wanted && !wanted(line)
        ? []
        : [...line.matchAll(pattern)].map((match) => {
            const from = match[1]!
            return { at: match.index + match[0].indexOf(from), from, to: to(from) }
          }),
  }
}

function drop(name: string, pattern: RegExp, wanted: (code: string) => boolean = () => true): Operator {
  return {
    name,
    places: (line) => {
      const match = pattern.exec(line)
      const from = match?.[1]
      return match && from !== undefined && wanted(from)
        ? [{ at: match.index + match[0].lastIndexOf(from), from, to: '' }]
        : []
    },
  }
}

function matches(
  line: string,
  pattern: RegExp,
  to: (found: string, groups: (string | undefined)[]) => string,
): Place[] {
  return [...line.matchAll(pattern)].flatMap((match) => {
    const [from, ...groups] = match
    const instead = to(from, groups)
    return instead === from ? [] : [{ at: match.index, from, to: instead }]
  })
}
