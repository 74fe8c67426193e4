import { lintSource } from '@secretlint/core'
import { creator } from '@secretlint/secretlint-rule-preset-recommend'
import { lineOf, type CurationRule } from '../rule.ts'

const preset = '@secretlint/secretlint-rule-preset-recommend'

/** What documentation writes where a secret would stand: examples, placeholders, variables, this very machine. */
const placeholder =
  /example|sample|placeholder|dummy|changeme|change-me|redacted|your|fake|\bmy-|<[^>]+>|\$\{|\{\{|%s|\*{3}|\.\.\.|…|x{4,}|(\w)\1{7,}|12345|abcdef|localhost|127\.0\.0\.1|0\.0\.0\.0/i
/** `user:password@host` in a URL, in the words that stand for them. */
const placeholderLogin =
  /\/\/(?:\w*(?:user|username|login|name|admin|root|me|bob|alice|foo|postgres|mysql|mongo|redis|guest|test))?:\w*(?:pass|passwd|password|pw|pwd|secret|token|bar|postgres|mysql|root|admin|guest|test)\w*@/i

/** The first secret: its position and the name of the rule that knows its form, or undefined. */
export async function findSecret(text: string): Promise<{ index: number; kind: string } | undefined> {
  const { messages } = await lintSource({
    source: { filePath: 'sample.md', content: text, contentType: 'text', ext: '.md' },
    options: { noPhysicFilePath: true, config: { rules: [{ id: preset, rule: creator }] } },
  })
  for (const { range, ruleId } of messages) {
    const from = text.lastIndexOf('\n', range[0]) + 1
    const end = text.indexOf('\n', range[1])
    const line = text.slice(from, end === -1 ? undefined : end)
    const found = text.slice(range[0], range[1])
    // The whole line is asked only about logins: 'for example' before a real key must not excuse the key.
    if (placeholder.test(found) || placeholderLogin.test(line)) continue
    return { index: range[0], kind: ruleId.replace(/^@secretlint\/secretlint-rule-/, '') }
  }
  return undefined
}

export const secretFound: CurationRule = {
  id: 'secret/found',
  about: 'No keys, tokens or passwords (the recommended rules of secretlint); placeholders are fine.',
  check: async ({ prompt, completion }) => {
    const text = `${prompt}\n${completion}`
    const secret = await findSecret(text)
    return secret === undefined
      ? undefined
      : `There is what looks like a secret of the kind '${secret.kind}' in it (line ${lineOf(text, secret.index)}, the prompt counted). Revoke it, write a placeholder such as <your-key>, and contribute the text again.`
  },
}
