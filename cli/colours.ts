import { isatty } from 'node:tty'
import picocolors from 'picocolors'

const { FORCE_COLOR, NO_COLOR, TERM } = process.env
const isForced = FORCE_COLOR !== undefined && FORCE_COLOR !== '' && FORCE_COLOR !== '0'
// Left to itself the library also colours wherever CI is set: a log file of a build is no terminal.
const isTerminal = isatty(1) && isatty(2) && TERM !== 'dumb'

/** Colours for people at a terminal; plain text into files and pipes, unless FORCE_COLOR asks for them. */
export const pc = picocolors.createColors(isForced || (NO_COLOR === undefined && isTerminal))
