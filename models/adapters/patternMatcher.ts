import { createContext, runInContext } from 'node:vm'
import { TributaryError } from '../../kernel/index.ts'

const timeoutMs = 500

/**
 * The value of the first pattern that matches a module's name, by PEFT's rule for rank_pattern and alpha_pattern:
 * `^(.*\.)?(pattern)$`. Throws models/adapter-pattern.
 */
export function patternMatcher<T>(
  values: Readonly<Record<string, T>>,
  names: Iterable<string>,
): (name: string) => T | undefined {
  const patterns = Object.keys(values)
  const found = new Map<string, T>()
  if (patterns.length === 0) return () => undefined
  const hits = patterns.map((pattern) => new Set(matching(`^(?:.*\\.)?(?:${pattern})$`, pattern, names)))
  for (const name of names) {
    const first = hits.findIndex((hit) => hit.has(name))
    if (first >= 0) found.set(name, values[patterns[first] as string] as T)
  }
  return (name) => found.get(name)
}

/** The names that a regular expression matches whole, as PEFT reads a string of target_modules. */
export function fullMatches(pattern: string, names: Iterable<string>): string[] {
  return matching(`^(?:${pattern})$`, pattern, names)
}

/**
 * An adapter may come from a stranger, and a regular expression can take for ever: it gets half a second, in a context
 * that holds nothing else.
 */
function matching(source: string, pattern: string, names: Iterable<string>): string[] {
  try {
    const context = createContext({ source, names: JSON.stringify([...names]) })
    const script = 'const re = new RegExp(source); JSON.stringify(JSON.parse(names).filter((name) => re.test(name)))'
    return JSON.parse(runInContext(script, context, { timeout: timeoutMs }) as string) as string[]
  } catch (cause) {
    throw new TributaryError('A pattern of the adapter is no regular expression that can be matched here.', {
      code: 'models/adapter-pattern',
      // An error of another context is no instance of this one's Error.
      facts: { pattern: pattern.slice(0, 200), reason: String(cause).slice(0, 200) },
      tryThis:
        'name the modules in target_modules, rank_pattern and alpha_pattern plainly: q_proj, layers.3.mlp.up_proj',
    })
  }
}
