// Replaces Natural Earth's 14 abolished zones of Nepal by the 7 provinces of nepal-geojson@2.4.4 (MIT),
// edge-matched to Natural Earth's national outline by Voronoi extension, so no gap opens towards India or China.
// Imported by build-pack.mjs (reads tmp/adm1.geojson). The package does not say where its shapes come from; SOURCES.md and the map say so.
import fs from 'node:fs';
import path from 'node:path';
import { execFileSync } from 'node:child_process';
import { createRequire } from 'node:module';
import { Delaunay } from 'd3-delaunay';
const GM = createRequire(import.meta.url)('geojson-minifier');
const ms = (...a) => execFileSync('node', [path.join('node_modules', 'mapshaper', 'bin', 'mapshaper'), ...a], { stdio: ['ignore', 'inherit', 'ignore'] });
const t = (n) => path.join('tmp', n + '.geojson');
const d = JSON.parse(new GM({ precision: 6 }).unpack(JSON.parse(fs.readFileSync('node_modules/nepal-geojson/assets/nepal.geojson.packed'))));
fs.writeFileSync(t('np77'), JSON.stringify(d));
ms(t('np77'), '-clean', '-dissolve', 'PROVINCE', '-o', t('np7raw'));
ms(t('adm1'), '-filter', 'a3=="NPL"', '-dissolve', '-o', t('npout'));
const pts = [], own = [], seen = new Map();
for (const f of JSON.parse(fs.readFileSync(t('np7raw'))).features) {
  const polys = f.geometry.type === 'Polygon' ? [f.geometry.coordinates] : f.geometry.coordinates;
  for (const poly of polys) for (const r of poly) for (let i = 0; i + 1 < r.length; i++) {
    const [a, b] = [r[i], r[i + 1]], n = Math.max(1, Math.ceil(Math.hypot(b[0] - a[0], b[1] - a[1]) / 0.01));
    for (let k = 0; k < n; k++) { pts.push([a[0] + (b[0] - a[0]) * k / n, a[1] + (b[1] - a[1]) * k / n]); own.push(f.properties.PROVINCE); }
  }
}
const key = (q) => q[0].toFixed(5) + ',' + q[1].toFixed(5);
pts.forEach((q, i) => (seen.get(key(q)) || seen.set(key(q), new Set()).get(key(q))).add(own[i]));
const keep = pts.map((_, i) => i).filter((i) => seen.get(key(pts[i])).size === 1); // outer edges only
const vor = Delaunay.from(keep.map((i) => pts[i])).voronoi([79, 25.5, 89, 31.5]);
const cells = keep.map((i, k) => ({ type: 'Feature', properties: { PROVINCE: own[i] }, geometry: { type: 'Polygon', coordinates: [vor.cellPolygon(k)] } })).filter((c) => c.geometry.coordinates[0]);
fs.writeFileSync(t('npvor'), JSON.stringify({ type: 'FeatureCollection', features: cells }));
ms(t('npvor'), '-dissolve', 'PROVINCE', '-erase', t('np7raw'), '-o', t('npext'));
ms('-i', t('npext'), t('np7raw'), 'combine-files', '-merge-layers', '-dissolve', 'PROVINCE', '-clip', t('npout'), '-clean',
  '-each', 'a3="NPL",id="NPL-P"+PROVINCE,iso="NP-P"+PROVINCE,n="Province "+PROVINCE,t="Province",y=this.centroidY,x=this.centroidX,z=6',
  '-filter-fields', 'id,iso,a3,n,t,y,x,z', '-o', t('np7'));
ms('-i', t('adm1'), '-filter', 'a3!="NPL"', '-o', t('adm1_no_np'));
ms('-i', t('adm1_no_np'), t('np7'), 'combine-files', '-merge-layers', 'force', 'name=adm1', '-clean', 'snap-interval=0.00001', '-o', t('adm1_np'));
console.log('units', JSON.parse(fs.readFileSync(t('adm1_np'))).features.length);
