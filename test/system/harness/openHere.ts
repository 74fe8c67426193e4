import { openTributary, type Tributary } from '../../../temporal.config.ts'
import { operatorTokenOf, type TinyHome } from './tinyHome.ts'

export type Opened = Tributary & {
  /** Calls a tool over HTTP as the operator. */
  tool: <Output>(
    tool: { name: string; output: { parse: (value: unknown) => Output } },
    input?: object,
  ) => Promise<Output>
}

/** Opens a home in this process, so that a test can look into its store and its chain. */
export async function openHere(home: TinyHome): Promise<Opened> {
  Object.assign(process.env, home.env)
  const opened = await openTributary({ home: home.dir, say: () => {} })
  const authorization = `Bearer ${operatorTokenOf(home)}`
  return {
    ...opened,
    async tool({ name, output }, input = {}) {
      const response = await fetch(`${opened.gatewayUrl}/tools/${name}`, {
        method: 'POST',
        headers: { 'content-type': 'application/json', authorization },
        body: JSON.stringify(input),
      })
      const body: unknown = await response.json()
      if (!response.ok) throw new Error(`${name}: ${response.status} ${JSON.stringify(body)}`)
      return output.parse(body)
    },
  }
}
