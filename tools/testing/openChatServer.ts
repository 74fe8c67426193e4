import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'

export type ChatAsked = {
  authorization: string | undefined
  body: { model: string; messages: { role: string; content: string }[] }
}

/** A real HTTP server that speaks OpenAI's chat completions; `reply` says what it answers, and may be changed. */
export async function openChatServer() {
  const asked: ChatAsked[] = []
  const chat = {
    url: '',
    asked,
    reply: (_body: ChatAsked['body']): { status?: number; content?: unknown } => ({ content: '' }),
    /** As the environment names it. */
    settings: () => ({ LLM_BASE_URL: chat.url, LLM_MODEL: 'gpt-x', LLM_API_KEY: 'secret-key' }),
    close: () => void server.close(),
  }
  const server = createServer((request, response) => {
    let text = ''
    request.on('data', (chunk) => (text += String(chunk)))
    request.on('end', () => {
      const body = JSON.parse(text) as ChatAsked['body']
      asked.push({ authorization: request.headers.authorization, body })
      const { status = 200, content } = chat.reply(body)
      const usage = { prompt_tokens: 11, completion_tokens: 5 }
      response.writeHead(status, { 'content-type': 'application/json' })
      response.end(JSON.stringify({ choices: [{ message: { role: 'assistant', content } }], usage }))
    })
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  chat.url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/v1`
  return chat
}
