declare const given: unique symbol

/** Stands for a value that is not there yet, of type `T`. Written into a text it becomes `${steps.plan.run}`. */
export type Reference<T> = { readonly [given]?: T } & { toString: () => string }

/** A reference whose fields are references. */
export type References<T> = Reference<T> &
  (T extends readonly (infer Item)[]
    ? { readonly [position: number]: References<Item> }
    : T extends string | number | boolean | null
      ? unknown
      : { readonly [Key in keyof T]-?: References<T[Key]> })

/** What a call is given: values, or references to them, at any depth. */
export type Given<T> =
  | T
  | Reference<T>
  | (T extends readonly (infer Item)[]
      ? readonly Given<Item>[]
      : T extends object
        ? { [Key in keyof T]: Given<T[Key]> }
        : never)

/** A reference to a path, whose every field is the reference to that field. */
export function referenceTo<T>(path: string): References<T> {
  const text = () => `\${${path}}`
  const target = { toString: text, toJSON: text, [Symbol.toPrimitive]: text }
  return new Proxy(target, {
    get: (own, key) => {
      if (typeof key === 'symbol' || Object.hasOwn(own, key)) return Reflect.get(own, key) as unknown
      return referenceTo(/^\d+$/.test(key) ? `${path}[${key}]` : `${path}.${key}`)
    },
  }) as unknown as References<T>
}
