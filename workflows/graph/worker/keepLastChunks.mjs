const failing = /if \(loopError\) \{\s*(await new Promise\(\(resolve\) => \{\s*queueMicrotask\(resolve\);\s*\}\);)/
const caught = /\} catch \(e\) \{\s*await runManager\?\.handleChainError\(loopError\);/

/**
 * A webpack loader for LangGraph's stream: where a graph is stopped or fails, an error takes the place of what nobody has read yet, so
 * that of eight branches that end together four go unheard. It closes the stream in place of that, and throws when all is read.
 *
 * @param {string} source
 */
export default function keepLastChunks(source) {
  if (!failing.test(source) || !caught.test(source))
    throw new Error('the stream of this version of LangGraph is another: look at its end')
  return source
    .replace(failing, "if (loopError?.is_bubble_up && loopError.name !== 'GraphDrained') {\n$1")
    .replace(caught, (found) => `await runLoopPromise;\nif (loopError) throw loopError;\n${found}`)
}
