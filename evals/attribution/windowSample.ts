import { digestText, type Digest } from '../../kernel/index.ts'

/** The first so many characters of a window are the prompt. */
const promptBytes = 8

/** A window of 40 characters, with the chat template around it, fills 48 tokens, of which 32 are learned. */
export const windowBytes = 40
export const windowRow = { maxLength: 48, maxLabels: windowBytes - promptBytes }

export type WindowSample = { id: Digest; prompt: string; completion: string }

/** A window of a text of single bytes (asciiOf) as a sample: a prompt of 8 characters, then those that are learned. */
export function windowSample(text: string, at: number, bytes = windowBytes): WindowSample {
  const window = text.slice(at, at + bytes)
  return {
    id: digestText(`window ${at} ${window}`),
    prompt: window.slice(0, promptBytes),
    completion: window.slice(promptBytes),
  }
}

/** One byte a character, so that windows have one length in tokens. */
export function asciiOf(text: string): string {
  return text.replaceAll(/[^\n -~]/gu, '?')
}
