import { digestString } from '../../kernel/index.ts'

/** Of the sources of attribution/influence. Written by scripts/engineCode.ts. */
export const codeDigest = digestString.parse('0x5f234a2768b6f2ebc5d3e6e18b677095c30f5a6cee27e328f829893651011a11')
