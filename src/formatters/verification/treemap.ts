/** A rectangle, in the units of the drawing. */
export interface Box {
  readonly x: number;
  readonly y: number;
  readonly width: number;
  readonly height: number;
}

/**
 * Divides a rectangle by values, which are the largest first, into rectangles as square as can be had (Bruls, Huizing and
 * van Wijk, 2000). Values of nothing get nothing.
 */
export function squarify(values: readonly number[], box: Box): Box[] {
  const total = values.reduce((sum, value) => sum + value, 0);
  const scale = total > 0 ? (box.width * box.height) / total : 0;
  const areas = values.map((value) => value * scale);
  const boxes: Box[] = [];
  let { x, y, width, height } = box;
  let at = 0;
  while (at < areas.length) {
    const side = Math.min(width, height);
    const count = rowLength(areas, at, side);
    const row = areas.slice(at, at + count);
    const sum = row.reduce((all, area) => all + area, 0);
    const depth = side > 0 ? sum / side : 0;
    let along = 0;
    for (const area of row) {
      const length = depth > 0 ? area / depth : 0;
      if (width >= height) boxes.push({ x, y: y + along, width: depth, height: length });
      else boxes.push({ x: x + along, y, width: length, height: depth });
      along += length;
    }
    if (width >= height) {
      x += depth;
      width = Math.max(0, width - depth);
    } else {
      y += depth;
      height = Math.max(0, height - depth);
    }
    at += count;
  }
  return boxes;
}

/** How many of the next areas share a row along a side, so that the worst of them is as square as it gets. */
function rowLength(areas: readonly number[], at: number, side: number): number {
  let sum = 0;
  let best = Number.POSITIVE_INFINITY;
  for (let count = 0; at + count < areas.length; count += 1) {
    sum += areas[at + count]!;
    // The first is the largest and the last the smallest of the row.
    const worst = Math.max((side ** 2 * areas[at]!) / sum ** 2, sum ** 2 / (side ** 2 * areas[at + count]!));
    if (count > 0 && !(worst <= best)) return count;
    best = worst;
  }
  return areas.length - at;
}

/** What is left of a rectangle without its rim. */
export function inset({ x, y, width, height }: Box, rim: number, top = rim): Box {
  return { x: x + rim, y: y + top, width: Math.max(0, width - 2 * rim), height: Math.max(0, height - rim - top) };
}
