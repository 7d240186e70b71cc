// Asks the JSON language service of VS Code for completion, hover and errors: node editor.mjs SCHEMA RECORD
// reads places from standard input, one JSON object a line, and answers each with one.
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { createInterface } from 'node:readline';

const require = createRequire(`${process.cwd()}/`);
const { getLanguageService, TextDocument } = require('vscode-json-languageservice');
const published = readFileSync(process.argv[2], 'utf8');
const schema = JSON.parse(published);
// A record names its schema by a path; an editor reads it from there.
const service = getLanguageService({ schemaRequestService: async () => published });
service.configure({ schemas: [{ uri: 'schema://record', fileMatch: ['*'], schema }] });

for await (const line of createInterface({ input: process.stdin })) {
  const { ask, text, offset } = JSON.parse(line);
  const document = TextDocument.create('file:///record.json', 'json', 1, text);
  const json = service.parseJSONDocument(document);
  const position = document.positionAt(offset);
  let answer;
  if (ask === 'complete') {
    const found = await service.doComplete(document, position, json);
    answer = found.items.map((item) => item.label);
  } else if (ask === 'hover') {
    const hover = await service.doHover(document, position, json);
    answer = hover ? hover.contents.map((part) => part.value ?? part).join('\n') : '';
  } else {
    answer = (await service.doValidation(document, json)).map((problem) => problem.message);
  }
  console.log(JSON.stringify(answer));
}
