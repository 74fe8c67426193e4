import type { z } from 'zod'
import { TributaryError } from '../kernel/index.ts'
import { decide, type AgentDecision } from '../tools/definitions.ts'
import type { ActivityPlacement } from '../workflows/graph/index.ts'

type Asked = z.input<typeof decide.input>

/**
 * The node of an agent that decides: by the chat model where one is configured, by the policy else. What comes back is held to the
 * options once more, so that nothing but one of them can lead on, whatever an activity returned.
 */
// oxlint-disable-next-line no-unnecessary-type-parameters -- the graph says what its state is
export function decideNode<State extends { decisions: AgentDecision[] }>(
  about: string,
  ask: (state: State) => Asked,
): ActivityPlacement {
  return {
    as: 'activity',
    activity: decide.name,
    timeout: '3 m',
    heartbeat: '30 s',
    retry: { attempts: 15, firstPause: '500 ms' },
    pick: (state: State) => ask(state),
    put: (output, state: State) => {
      const made = decide.output.parse(output)
      const offered = ask(state).options.map(({ option }) => option)
      if (!offered.includes(made.option)) throw stranger(about, made.option, offered)
      return { decisions: [{ about, ...made }] }
    },
  }
}

/** What was decided about something, the last time. */
export function decided({ decisions }: { decisions: AgentDecision[] }, about: string): string {
  return decisions.findLast((one) => one.about === about)?.option ?? ''
}

function stranger(about: string, option: string, offered: string[]): TributaryError {
  return new TributaryError('A decision is none of the options that were offered.', {
    code: 'agents/option',
    facts: { about, option: option.slice(0, 100), offered },
    tryThis: 'nothing was done by it; this is a defect of the tool decide: report it with this message',
  })
}
