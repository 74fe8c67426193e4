import { PGlite, types, type ParserOptions, type QueryOptions, type Transaction } from '@electric-sql/pglite'

/** drizzle reads times, intervals and their arrays as text: it says so with each query. */
const asText = [types.TIMESTAMP, types.TIMESTAMPTZ, types.INTERVAL, types.DATE, 1231, 1115, 1185, 1187, 1182]
const parsers: ParserOptions = Object.fromEntries(asText.map((type) => [type, (value: string) => value]))

/**
 * PGlite for drizzle. The parsers that drizzle sends with each query are PGlite's own from the start: it would merge them with
 * its three hundred others at each call, which takes as long as a small query.
 */
export async function openPglite(dir: string): Promise<PGlite> {
  const client = await PGlite.create(dir, { parsers })
  const transaction = client.transaction.bind(client)
  client.query = lean(client.query.bind(client))
  client.transaction = (run) =>
    transaction((tx: Transaction) => run({ ...tx, query: lean((...asked) => tx.query(...asked)) }))
  return client
}

type Query = PGlite['query']

function lean(query: Query): Query {
  return <T>(text: string, params?: unknown[], options?: QueryOptions) => {
    const { parsers: _, ...rest } = options ?? {}
    return query<T>(text, params, rest)
  }
}
