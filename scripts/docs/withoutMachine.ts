/** A run's output as it may be shown anywhere: absolute paths into the home folder become paths from `.tributary/` on. */
export function withoutMachine(text: string): string {
  return text.replaceAll(/(?:[A-Za-z]:)?[\\/][^\s"']*[\\/](pictures[\\/]loss-[0-9a-f]+\.svg)/g, '.tributary/$1')
}
