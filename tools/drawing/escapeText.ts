/**
 * Text for HTML and SVG, as content or inside double or single quotes. What a reader could not see, and a writer could use to
 * reorder or hide text, becomes a visible mark: controls and broken surrogates U+FFFD, directions and zero widths their name.
 */
export function escapeText(text: string): string {
  return text
    .toWellFormed()
    .replaceAll(/[^\P{Cc}\t\n\r]/gu, '\uFFFD')
    .replaceAll(hidden, (character) => `[U+${character.codePointAt(0)!.toString(16).toUpperCase().padStart(4, '0')}]`)
    .replaceAll(/[&<>"'`]/g, (character) => `&#${character.charCodeAt(0)};`)
}

/** Marks of direction and isolation, what has no width, tag characters; not the joiners, which scripts and emoji need. */
const hidden = /[\u061C\u200B\u200E\u200F\u202A-\u202E\u2060-\u2069\uFEFF]|[\u{E0000}-\u{E007F}]/gu
