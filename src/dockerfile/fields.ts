/** The comma-separated values of `--mount` and `--device`; undefined when their quotes are wrong or there are none. */
export function splitFields(text: string): string[] | undefined {
  if (text === '') return undefined;
  const fields: string[] = [];
  for (let at = 0; at <= text.length; ) {
    if (text[at] === '"') {
      const quoted = /"((?:[^"]|"")*)"(?=,|$)/y;
      quoted.lastIndex = at;
      const match = quoted.exec(text);
      if (!match) return undefined;
      fields.push(match[1]!.replaceAll('""', '"'));
      at = quoted.lastIndex + 1;
    } else {
      const comma = text.indexOf(',', at);
      const end = comma < 0 ? text.length : comma;
      const field = text.slice(at, end);
      if (field.includes('"')) return undefined;
      fields.push(field);
      at = end + 1;
    }
  }
  return fields;
}

/** A field at its equals sign: the key in lower case, and the value, empty when there is none. */
export function splitField(field: string): [key: string, value: string] {
  const equals = field.indexOf('=');
  return equals < 0 ? [field.toLowerCase(), ''] : [field.slice(0, equals).toLowerCase(), field.slice(equals + 1)];
}
