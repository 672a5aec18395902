// Cuts areas along the lines that another country takes for its border, so that a map can be drawn as that country sees it.
// Imported by build-pack.mjs; reads tmp/adm1_np.geojson and claims.geojson, writes tmp/adm1_claims.geojson and tmp/claims.geojson.
import fs from 'node:fs';
import path from 'node:path';
import { execFileSync } from 'node:child_process';

const t = (n) => path.join('tmp', n + '.geojson');
const ms = (...a) => execFileSync('node', [path.join('node_modules', 'mapshaper', 'bin', 'mapshaper'), ...a], { stdio: ['ignore', 'inherit', 'inherit'] });
const read = (f) => JSON.parse(fs.readFileSync(f)).features;
const write = (n, features) => fs.writeFileSync(t(n), JSON.stringify({ type: 'FeatureCollection', features }));
const polygons = (g) => (g.type === 'Polygon' ? [g.coordinates] : g.coordinates);
const size = (r) => { let a = 0; for (let k = 0; k + 1 < r.length; k++) a += r[k][0] * r[k + 1][1] - r[k + 1][0] * r[k][1]; return Math.abs(a / 2); };
const area = (p) => p.reduce((a, r, i) => a + (i ? -size(r) : size(r)), 0);
const holds = (p, [x, y]) => p.reduce((odd, r) => {
  for (let i = 1; i < r.length; i++) {
    const [a, b] = [r[i - 1], r[i]];
    if ((a[1] > y) !== (b[1] > y) && x < a[0] + (b[0] - a[0]) * (y - a[1]) / (b[1] - a[1])) odd = !odd;
  }
  return odd;
}, false);

const adm = read(t('adm1_np')), claims = read('claims.geojson');

// The lines are of Natural Earth 4.1, the areas of 5: where both have a vertex it is the same to 0.00037 degrees.
const near = 0.0004, cell = 0.001, grid = new Map();
for (const f of adm) for (const p of polygons(f.geometry)) for (const r of p) for (const q of r) {
  const k = Math.round(q[0] / cell) + ',' + Math.round(q[1] / cell);
  if (!grid.has(k)) grid.set(k, []);
  grid.get(k).push(q);
}
const snapped = (q) => {
  let best = near, at = q;
  const x = Math.round(q[0] / cell), y = Math.round(q[1] / cell);
  for (let i = -1; i < 2; i++) for (let j = -1; j < 2; j++) for (const p of grid.get((x + i) + ',' + (y + j)) || []) {
    const d = Math.hypot(p[0] - q[0], p[1] - q[1]);
    if (d < best) [best, at] = [d, p];
  }
  return at;
};
for (const f of claims) f.geometry.coordinates = f.geometry.coordinates.map((l) => l.map(snapped));
write('claims', claims);

// Lines that with the border in fact enclose land: Aksai Chin and Shaksgam; parts of Bhutan and, along the Himalaya, of India.
// Not the line of 1914's other side (20): whole Arunachal Pradesh is marked as not recognised. Nor 35, which ends in no border.
const cutting = claims.filter((f) => [5, 12, 13, 14, 15, 21, 34, 44].includes(f.properties.no));
write('cutting', cutting);
ms('-i', t('adm1_np'), t('cutting'), 'combine-files', '-filter', 'target=adm1_np', '["CHN","IND","BTN","PAK","KAS","NPL"].includes(a3)',
  '-lines', 'target=adm1_np', '-merge-layers', 'target=adm1_np,cutting', 'force', 'name=faces', '-polygons', 'target=faces',
  '-each', 'x=this.innerX,y=this.innerY', '-o', t('faces'));
const side = (a, b) => [a.join(), b.join()].sort().join(' ');
const sides = new Map();
for (const f of cutting) for (const l of f.geometry.coordinates) for (let i = 1; i < l.length; i++) sides.set(side(l[i - 1], l[i]), f.properties.by);
const byRegion = new Map();
for (const f of read(t('faces'))) {
  const at = [f.properties.x, f.properties.y];
  const of = adm.find((a) => polygons(a.geometry).some((p) => holds(p, at)));
  if (!of) continue; // between areas
  const rings = polygons(f.geometry).flat();
  let by = '';
  for (const r of rings) for (let k = 1; k < r.length; k++) by = sides.get(side(r[k - 1], r[k])) || by;
  if (!byRegion.has(of)) byRegion.set(of, []);
  byRegion.get(of).push({ by, polygon: polygons(f.geometry), size: polygons(f.geometry).reduce((s, p) => s + area(p), 0) });
}
// Of a region that a line cuts, what is claimed is all but the largest face beside the line. Slivers are left where they are.
const sliver = 0.0005, out = [];
const add = (of, more, coordinates) => coordinates.length && out.push({ type: 'Feature', properties: { ...of.properties, ...more }, geometry: { type: 'MultiPolygon', coordinates } });
for (const of of adm) {
  const faces = byRegion.get(of) || [], cut = faces.filter((f) => f.by);
  if (of.properties.iso === 'RU-SAK') { // the line at sea has four groups of islands on its side
    const claimed = (p) => p[0].every(([x, y]) => x > 145.2 && x < 148.95 && y > 43.2 && y < 45.7);
    const ps = polygons(of.geometry);
    add(of, {}, ps.filter((p) => !claimed(p)));
    add(of, { part: 'JPN' }, ps.filter(claimed));
    continue;
  }
  if (cut.length < 2) { out.push(of); continue; }
  const largest = Math.max(...cut.map((f) => f.size));
  const taken = cut.filter((f) => f.size < largest && f.size > sliver);
  const was = polygons(of.geometry).reduce((s, p) => s + area(p), 0), is = faces.reduce((s, f) => s + f.size, 0);
  if (Math.abs(was - is) > 1e-6 * was) throw new Error(of.properties.id + ' was ' + was + ' square degrees and is cut to ' + is);
  add(of, {}, faces.filter((f) => !taken.includes(f)).flatMap((f) => f.polygon));
  for (const by of new Set(taken.map((f) => f.by))) add(of, { part: by }, taken.filter((f) => f.by === by).flatMap((f) => f.polygon));
}
write('adm1_claims', out);
for (const f of out) if (f.properties.part) console.log('part of', f.properties.id, f.properties.iso, 'that', f.properties.part, 'claims:', polygons(f.geometry).reduce((s, p) => s + area(p), 0).toFixed(3), 'square degrees');
