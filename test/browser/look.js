// Runs in the page, and leaves on its body what it sees there.
{
  const all = (selector) => [...document.querySelectorAll(selector)];

  /** Texts of drawings that stick out of the rectangle they belong to. */
  const overflowing = all('svg text').filter((text) => {
    const inner = text.getBoundingClientRect();
    const outer = text.parentElement.querySelector('rect').getBoundingClientRect();
    return inner.right > outer.right + 1 || inner.bottom > outer.bottom + 1 || inner.left < outer.left;
  });

  const luminance = (colour) => {
    const [r, g, b] = colour.match(/[\d.]+/g).map((part) => {
      const value = Number(part) / 255;
      return value <= 0.03928 ? value / 12.92 : ((value + 0.055) / 1.055) ** 2.4;
    });
    return 0.2126 * r + 0.7152 * g + 0.0722 * b;
  };
  const contrast = (one, two) => {
    const [dark, light] = [luminance(one), luminance(two)].sort((a, b) => a - b);
    return (light + 0.05) / (dark + 0.05);
  };
  const behind = (element) => {
    const { backgroundColor } = getComputedStyle(element);
    if (!/^rgba\(.*, 0\)$/.test(backgroundColor)) return backgroundColor;
    return element.parentElement ? behind(element.parentElement) : 'rgb(255, 255, 255)';
  };
  /** Texts that stand out less than the guidelines for accessible pages ask for. */
  const pale = all('main *:not(svg, svg *)')
    .filter((element) => [...element.childNodes].some((node) => node.nodeType === 3 && node.textContent.trim() !== ''))
    .filter((element) => contrast(getComputedStyle(element).color, behind(element)) < 4.5);

  const fills = all('svg rect').filter((rect) => rect.getAttribute('fill') !== '#000');
  const paleFills = fills.filter((rect) => contrast(getComputedStyle(rect).fill, 'rgb(255, 255, 255)') < 4.5);

  const text = (element) => element.textContent.slice(0, 60);
  const sight = {
    width: document.documentElement.scrollWidth,
    room: innerWidth,
    loaded: performance.getEntriesByType('resource').length,
    bold: all('b').length,
    overflowing: overflowing.map(text),
    pale: [...pale.map(text), ...paleFills.map((rect) => rect.getAttribute('fill'))],
    rectangles: all('svg rect').length,
    unfolded: all('details[open]').length,
    dark: matchMedia('(prefers-color-scheme: dark)').matches,
  };
  document.body.setAttribute('data-sight', encodeURIComponent(JSON.stringify(sight)));
}
