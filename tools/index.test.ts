import { expect, test } from 'vitest'
import * as surface from './index.ts'

test('the public surface of tools is this list of names', () => {
  expect(Object.keys(surface).toSorted()).toMatchInlineSnapshot(`
    [
      "answerRequest",
      "bindTool",
      "canonicalRequest",
      "chatRequest",
      "defineTool",
      "definitions",
      "embeddedAnswers",
      "ensureAdapter",
      "errorResponseSchema",
      "escapeText",
      "intervalBarsSvg",
      "langchainTools",
      "limitBody",
      "mcpServer",
      "openApiPaths",
      "quoteFor",
      "readAdapterFiles",
      "readCanonicalRequest",
      "readTrainingEvents",
      "receiptProof",
      "refuseOtherBase",
      "runTool",
      "scatterSvg",
      "svgFrame",
      "toWire",
      "toolActivities",
      "toolCommands",
      "toolRoutes",
      "tourSummary",
      "trainingProgress",
      "verifyReceiptProof",
      "version",
    ]
  `)
})
