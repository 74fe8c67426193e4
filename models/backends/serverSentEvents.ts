/**
 * The data of each server-sent event of a body, in order. Events end with an empty line; `data:` lines of one event are
 * joined, other fields are left out (HTML standard, 9.2.6). An event that the body breaks off in is not given out.
 */
export async function* serverSentEvents(body: AsyncIterable<Uint8Array>): AsyncGenerator<string> {
  const decoder = new TextDecoder()
  let rest = ''
  let data: string[] = []
  for await (const bytes of body) {
    rest += decoder.decode(bytes, { stream: true })
    // A line that ends with CR may go on with the LF of the next piece.
    const lines = rest.replace(/\r\n/g, '\n').split(/\n|\r(?!$)/)
    rest = lines.pop() ?? ''
    for (const line of lines) {
      if (line === '') {
        if (data.length > 0) yield data.join('\n')
        data = []
      } else if (line.startsWith('data:')) data.push(line.slice(5).replace(/^ /, ''))
    }
  }
}
