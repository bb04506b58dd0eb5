import { type XmlElement, type XmlNode, XmlText } from '@rgrove/parse-xml';
import { assert } from '../runner/suite.ts';

/** The elements in an element. */
export const elements = ({ children }: { children: XmlNode[] }) =>
  children.filter((node): node is XmlElement => node.type === 'element');

/** Element → [attributes it must have, attributes it may have, elements that may be in it]: what the common schemas allow. */
const RULES: Readonly<Record<string, readonly [string[], string[], string[]]>> = {
  testsuites: [[], ['name', 'time', 'tests', 'failures', 'errors', 'disabled'], ['testsuite']],
  testsuite: [
    ['name', 'tests', 'failures', 'errors', 'time'],
    ['timestamp', 'hostname', 'id', 'package', 'skipped', 'disabled'],
    ['properties', 'testcase', 'system-out', 'system-err'],
  ],
  testcase: [
    ['name', 'classname', 'time'],
    ['assertions', 'status'],
    ['skipped', 'error', 'failure', 'system-out'],
  ],
  failure: [[], ['message', 'type'], []],
  error: [[], ['message', 'type'], []],
  'system-out': [[], [], []],
};

/** Fails where an element, or one in it, is not as the common schemas of JUnit reports want it. */
export function checkJunit(element: XmlElement): void {
  assert.ok(RULES[element.name], element.name);
  const [must, may, within] = RULES[element.name]!;
  const names = Object.keys(element.attributes);
  assert.equal(
    must.filter((name) => !names.includes(name)),
    [],
  );
  assert.equal(
    names.filter((name) => !must.includes(name) && !may.includes(name)),
    [],
  );
  for (const child of elements(element)) {
    assert.ok(within.includes(child.name), `${child.name} in ${element.name}`);
    checkJunit(child);
  }
  // Text stands in leaves only.
  if (within.length > 0) {
    const texts = element.children.filter((node) => node instanceof XmlText && node.text.trim() !== '');
    assert.is(texts.length, 0);
  }
}
