import { parse, protocol, type PGlite, type Results, type RowMode } from '@electric-sql/pglite'

type Asked = { text: string; params: unknown[] | undefined; rowMode: RowMode | undefined; syncToFs: boolean }

/** As many as a program has, and room for those whose lists differ in length. */
const mostStatements = 500

/**
 * Runs statements that the database has parsed before: one is prepared under a name when its text is seen first, and everything that
 * it takes (bind, describe, execute) goes in one message. The oldest beyond 500 are forgotten; so is one that failed, since a
 * change of its tables may be why. Values travel as text, and the database reads each as the type of its column.
 */
export function preparedStatements(client: PGlite): <T>(asked: Asked) => Promise<Results<T>> {
  const { serialize } = protocol
  const names = new Map<string, string>()
  let count = 0
  let toClose: string[] = []

  function nameOf(text: string): { name: string; isNew: boolean } {
    const known = names.get(text)
    const name = known ?? `t${count++}`
    names.delete(text)
    names.set(text, name)
    const [oldest] = names
    if (names.size > mostStatements && oldest) forget(oldest[0])
    return { name, isNew: known === undefined }
  }
  function forget(text: string): void {
    const name = names.get(text)
    names.delete(text)
    if (name !== undefined) toClose.push(name)
  }

  return <T>({ text, params = [], rowMode, syncToFs }: Asked) =>
    client._runExclusiveQuery(async () => {
      const { name, isNew } = nameOf(text)
      const message = joined([
        ...toClose.map((old) => serialize.close({ type: 'S', name: old })),
        ...(isNew ? [serialize.parse({ name, text })] : []),
        serialize.bind({ statement: name, values: params.map(valueOf) }),
        serialize.describe({ type: 'P' }),
        serialize.execute({}),
        serialize.sync(),
      ])
      toClose = []
      try {
        const { messages } = await client.execProtocol(message, { syncToFs })
        return parse.parseResults(messages, client.parsers, rowMode ? { rowMode } : {})[0] as Results<T>
      } catch (failure) {
        forget(text)
        throw failure
      }
    })
}

function joined(parts: readonly Uint8Array[]): Uint8Array {
  return new Uint8Array(Buffer.concat(parts))
}

function valueOf(param: unknown): string | null {
  if (param === null || param === undefined) return null
  if (typeof param === 'string') return param
  if (typeof param === 'number' || typeof param === 'bigint' || typeof param === 'boolean') return String(param)
  if (param instanceof Date) return param.toISOString()
  if (param instanceof Uint8Array) return `\\x${Buffer.from(param).toString('hex')}`
  return JSON.stringify(param)
}
