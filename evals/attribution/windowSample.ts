import { digestText, type Digest } from '../../kernel/index.ts'

/** So many tokens of a window are the prompt, and so many are learned. */
const promptBytes = 8
const answerBytes = 48
export const windowBytes = promptBytes + answerBytes

/** Rows of a window: with the chat template around it, it fills 64 tokens. */
export const windowRow = { maxLength: 64, maxLabels: answerBytes }

export type WindowSample = { id: Digest; prompt: string; completion: string }

/** A window of a text as a sample: a prompt of 8 characters, then 48 that are learned. `text` is of single bytes (asciiOf). */
export function windowSample(text: string, at: number): WindowSample {
  const window = text.slice(at, at + windowBytes)
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
