import type { definitions } from '../../tools/definitions.ts'

/** The cases of the tools that trace texts, take samples down and resell models, for the table of parity.test.ts. */
export function verbatimCases(
  tinyDatanet: string,
  nowhere: string,
): [keyof typeof definitions, () => Record<string, unknown>, string?][] {
  return [
    ['index_datanet', () => ({ datanet: tinyDatanet })],
    ['verify_index', () => ({ datanet: tinyDatanet, deep: true })],
    ['merge_index', () => ({ datanet: tinyDatanet })],
    ['trace_text', () => ({ text: 'Look for amber and lagoon and weir and cargo. '.repeat(3), places: 1 })],
    [
      'trace_text_page',
      () => ({ text: 'This is what people near the Elbe say about its floods.', datanet: tinyDatanet }),
    ],
    ['take_down_samples', () => ({ samples: [nowhere] }), 'store/not-found'],
    [
      'resell_model',
      () => ({ alias: 'large', url: 'http://127.0.0.1:9', model: 'x', datanet: 'nobody-made-it' }),
      'store/not-found',
    ],
  ]
}
