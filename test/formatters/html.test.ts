import { parseXml } from '@rgrove/parse-xml';
import { format } from '../../src/formatters/html.ts';
import { assert, suite } from '../runner/suite.ts';
import { oddReport, reportOn } from './report.ts';

const test = suite('html');

/** The body as XML, which every element of ours is as well. */
function body(text: string) {
  const main = text.slice(text.indexOf('<main>'), text.indexOf('</main>') + '</main>'.length);
  return parseXml(main).root!.text;
}

test('says what was found, and marks it in its line', () => {
  const text = format(reportOn({ 'a/Dockerfile': 'from a:latest\n', b: 'FROM b\n' }));
  assert.match(text, /<span class="badge unknown">2 problems<\/span>/);
  assert.match(text, /<pre>from <mark>a:latest<\/mark><\/pre>/);
  assert.match(body(text), /2 Dockerfiles/);
  assert.ok(!text.includes('<h2 id="b">'));
});

test('well-formed, and loads nothing, whatever is in the report', () => {
  const text = format(oddReport);
  assert.match(body(text), /multi\\x0aline: 100%, "quoted"/);
  assert.ok(!/<script|src=|href=|url\(/.test(text));
});
