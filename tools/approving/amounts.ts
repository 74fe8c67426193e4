/**
 * What a call can spend, for tools with effect `spend` whose input does not say it. Gas is not counted.
 *
 * `nothingOfOurs`: it moves only what rules owe to others already, so a rule that approves by itself may pass it.
 */
export const nothingOfOurs = () => '0'

/** It binds money of an amount that is known only when it is done, or can't be undone whatever it costs: a person is asked. */
export const unknownWei = () => undefined
