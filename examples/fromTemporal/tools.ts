export const tools = {
  quote: async ({ item }: { item: string }) => ({ price: item.length }),
  charge: async ({ price }: { price: number }) => ({ receipt: `charged ${price}` }),
}
