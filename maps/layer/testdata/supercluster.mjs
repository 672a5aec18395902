// Measures npm supercluster: node supercluster.mjs DIR POINTS, where DIR holds
// node_modules and POINTS is lon, lat as little-endian float64. Prints the seconds of
// making the index (best of three), of a view, and the memory in MiB.
import {readFileSync} from 'node:fs';
import {pathToFileURL} from 'node:url';
import {join} from 'node:path';

const [dir, file] = process.argv.slice(2);
const {default: Supercluster} = await import(pathToFileURL(join(dir, 'node_modules/supercluster/index.js')));
const bytes = readFileSync(file);
const at = new Float64Array(bytes.buffer, bytes.byteOffset, bytes.length / 8);
const features = [];
for (let i = 0; i < at.length; i += 2) features.push({type: 'Feature', properties: {}, geometry: {type: 'Point', coordinates: [at[i], at[i + 1]]}});
const now = () => Number(process.hrtime.bigint()) / 1e9;
let load = Infinity, index;
for (let i = 0; i < 3; i++) {
    const start = now();
    index = new Supercluster({radius: 32, extent: 256, minZoom: 0, maxZoom: 18}).load(features);
    load = Math.min(load, now() - start);
}
let view = Infinity;
for (let i = 0; i < 20; i++) {
    const start = now();
    index.getClusters([70, -5, 130, 40], 6);
    view = Math.min(view, now() - start);
}
console.log(JSON.stringify({load, view, clusters: index.getClusters([-180, -90, 180, 90], 6).length, mib: process.resourceUsage().maxRSS / 1024}));
