// Classes of npm simple-statistics: node ckmeans.mjs DIR VALUES N, where DIR holds
// node_modules and VALUES is a JSON list. Prints where the classes above the first begin.
import {readFileSync} from 'node:fs';
import {pathToFileURL} from 'node:url';
import {join} from 'node:path';

const [dir, file, n] = process.argv.slice(2);
const {ckmeans} = await import(pathToFileURL(join(dir, 'node_modules/simple-statistics/index.js')));
const values = JSON.parse(readFileSync(file));
const start = process.hrtime.bigint();
const classes = ckmeans(values, Number(n));
const ms = Number(process.hrtime.bigint() - start) / 1e6;
console.log(JSON.stringify({breaks: classes.slice(1).map(c => c[0]), ms}));
