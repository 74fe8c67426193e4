export const tools = {
  summarise: async ({ text }: { text: string }) => ({ summary: text.split(' ').slice(0, 2).join(' ') }),
}
