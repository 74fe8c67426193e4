/** As the governor counts them. */
export const supports = ['against', 'for', 'abstain'] as const
