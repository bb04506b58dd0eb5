const REMEMBERED = Symbol('remembered');

interface Remembering {
  readonly [REMEMBERED]?: Map<unknown, unknown>;
}

/**
 * What was found out about an object, kept for as long as the object itself. A WeakMap would do, but V8's collector of
 * short-lived objects takes all of its values for alive, and by way of them the documents that they are about.
 */
export class Memo<K extends object, V> {
  get(key: K): V | undefined {
    return (key as Remembering)[REMEMBERED]?.get(this) as V | undefined;
  }

  has(key: K): boolean {
    return (key as Remembering)[REMEMBERED]?.has(this) ?? false;
  }

  set(key: K, value: V): void {
    let remembered = (key as Remembering)[REMEMBERED];
    if (!remembered) {
      remembered = new Map();
      // Not enumerable: a copy of the object is another object.
      Object.defineProperty(key, REMEMBERED, { value: remembered });
    }
    remembered.set(this, value);
  }
}
