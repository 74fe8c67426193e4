/** Runs in a page: its texts whose colour stands out from what is behind them by less than 4.5 to 1 (WCAG 2, AA). */
export const lowContrast = `(() => {
  const channels = (colour) => {
    const [r, g, b, alpha = 1] = colour.slice(colour.indexOf('(') + 1, -1).split(/[ ,/]+/).map(Number)
    return [r, g, b, alpha]
  }
  const over = ([r, g, b, alpha], back) => [r, g, b].map((value, i) => value * alpha + back[i] * (1 - alpha))
  const luminance = (rgb) => {
    const linear = rgb.map((value) => (value <= 10 ? value / 3294 : ((value / 255 + 0.055) / 1.055) ** 2.4))
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]
  }
  const behind = (element) =>
    element ? over(channels(getComputedStyle(element).backgroundColor), behind(element.parentElement)) : [255, 255, 255]
  const found = []
  const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT)
  while (walker.nextNode()) {
    const text = walker.currentNode.textContent.trim()
    const parent = walker.currentNode.parentElement
    if (text === '') continue
    const back = behind(parent)
    const [low, high] = [luminance(over(channels(getComputedStyle(parent).color), back)), luminance(back)].sort((a, b) => a - b)
    const ratio = (high + 0.05) / (low + 0.05)
    if (ratio < 4.5) found.push(ratio.toFixed(2) + ' ' + (parent.className || parent.tagName) + ': ' + text.slice(0, 30))
  }
  return found
})()`
