/** Progress goes to stderr: stdout may carry one JSON object.
 * @param {string} line */
export function say(line) {
  process.stderr.write(`set-up: ${line}\n`)
}

/**
 * Says every ten seconds how long a step has been running, until the returned function is called, which gives the seconds.
 * @param {string} step
 */
export function sayWhile(step) {
  const from = Date.now()
  const seconds = () => Math.round((Date.now() - from) / 1000)
  say(`${step} …`)
  const timer = setInterval(() => say(`${step}: ${seconds()} s`), 10_000)
  return () => {
    clearInterval(timer)
    return seconds()
  }
}
