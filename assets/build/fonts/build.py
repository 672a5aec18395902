"""Joins Noto Sans fonts into one OpenType font for the scripts of Asia.

Debian packages: python3-fonttools fonts-noto-core fonts-noto-extra fonts-noto-cjk.
Usage: python3 build.py OUT.otf        (about three minutes)

Why one font: a window has one, and characters it lacks come from what happens to
be installed. One roomy line height keeps tone marks and tails from being cut.
"""
import os
import sys
import tempfile

from fontTools import subset
from fontTools.merge import Merger
from fontTools.pens.cu2quPen import Cu2QuPen
from fontTools.fontBuilder import FontBuilder
from fontTools.pens.recordingPen import DecomposingRecordingPen, RecordingPen
from fontTools.pens.t2CharStringPen import T2CharStringPen
from fontTools.pens.ttGlyphPen import TTGlyphPen
from fontTools.ttLib import TTFont, newTable
from fontTools.ttLib.scaleUpem import scale_upem
from fontTools.ttLib.tables import otTables

NOTO = "/usr/share/fonts/truetype/noto/"
CJK = "/usr/share/fonts/opentype/noto/NotoSansCJK-Regular.ttc"
SCRIPTS = """Sans SansThai SansLao SansKhmer SansMyanmar SansDevanagari SansBengali SansTamil SansSinhala SansTelugu
SansGujarati SansGurmukhi SansKannada SansMalayalam SansOriya SansThaana SansArabic SansGeorgian SansArmenian
SerifTibetan SansMongolian SansHebrew""".split()
ASCENT, DESCENT = 1170, 430  # thousandths of an em
NAME = "SSE Landscape Asia"
COPYRIGHT = "Copyright 2015-2020 Google LLC. All Rights Reserved. © 2014-2021 Adobe (http://www.adobe.com/)."


def encoded(codec, first=range(0x81, 0xFF), second=range(0x40, 0xFF)):
    """Characters of a two-byte encoding."""
    out = set()
    for a in first:
        for b in second:
            try:
                c = bytes([a, b]).decode(codec)
            except UnicodeDecodeError:
                continue
            if len(c) == 1:
                out.add(ord(c))
    return out


def han_kana_hangul():
    """GB 2312, JIS X 0208, KS X 1001, Big5 level 1, all Hangul, Kana, full-width forms."""
    u = encoded("gb2312") | encoded("shift_jis") | encoded("euc_kr") | set(range(0xAC00, 0xD7A4))
    u |= encoded("big5", range(0xA4, 0xC7))
    for a, b in ((0x3000, 0x3200), (0x1100, 0x1200), (0xFF00, 0xFFF0)):
        u |= set(range(a, b))
    return u


def full_width(u):
    """Signs that stand among Han, Kana and Hangul."""
    return 0x3000 <= u < 0x3200 or 0xFF00 <= u < 0xFFF0


def alphabets(tmp):
    """The Noto fonts of all alphabets, scaled to one em size, without the signs that
    stand among Han: where two fonts have a character, the later has it only by a
    feature (locl) that not every program applies."""
    paths = []
    for name in SCRIPTS:
        font = TTFont(f"{NOTO}Noto{name}-Regular.ttf")
        if font["head"].unitsPerEm != 1000:
            scale_upem(font, 1000)
        for table in ("vhea", "vmtx", "VDMX", "LTSH", "hdmx", "MATH", "meta", "DSIG", "STAT"):
            if table in font:
                del font[table]
        for cmap in font["cmap"].tables:
            cmap.cmap = {u: g for u, g in cmap.cmap.items() if not full_width(u)}
        paths.append(os.path.join(tmp, name + ".ttf"))
        font.save(paths[-1])
    return paths


def signs(tmp):
    """The few signs that screens use: check mark, cross, warning."""
    font = TTFont(NOTO + "NotoSansSymbols2-Regular.ttf")
    s = subset.Subsetter(subset.Options())
    s.populate(unicodes=[0x2713, 0x2717, 0x26A0])
    s.subset(font)
    if font["head"].unitsPerEm != 1000:
        scale_upem(font, 1000)
    path = os.path.join(tmp, "signs.ttf")
    font.save(path)
    return path


def characters(path):
    return set(TTFont(path).getBestCmap())


cubic = []  # outlines of the last font as they were


def compact(font):
    """Outlines as charstrings (table CFF): a program that reads the font keeps them as
    they are, where it takes a table glyf apart into points, at three times the memory."""
    order = font.getGlyphOrder()
    outlines, widths = font.getGlyphSet(), font["hmtx"]
    first = len(order) - len(cubic)
    strings = {}
    for i, name in enumerate(order):
        pen = T2CharStringPen(widths[name][0], None)
        if i < first:
            drawn = DecomposingRecordingPen(outlines)
            outlines[name].draw(drawn)
            drawn.replay(pen)
        else:
            cubic[i - first].replay(pen)
        strings[name] = pen.getCharString()
    for table in ("glyf", "loca"):
        del font[table]
    b = FontBuilder(font=font)
    b.setupCFF(NAME.replace(" ", ""), {}, strings, {})
    maxp = font["maxp"]
    maxp.tableVersion = 0x00005000
    font.sfntVersion = "OTTO"


def cjk(tmp, without):
    """A subset of Noto Sans CJK KR with quadratic outlines."""
    font = TTFont(CJK, fontNumber=1)
    o = subset.Options()
    o.layout_features = ["ccmp", "ljmo", "vjmo", "tjmo"]
    o.glyph_names, o.notdef_outline, o.hinting, o.desubroutinize = False, True, False, True
    o.drop_tables += ["vhea", "vmtx", "VORG", "BASE", "DSIG"]
    s = subset.Subsetter(o)
    s.populate(unicodes=han_kana_hangul() - without)
    s.subset(font)
    glyphs, outlines = {}, font.getGlyphSet()
    for name in font.getGlyphOrder():
        drawn = RecordingPen()
        outlines[name].draw(drawn)
        cubic.append(drawn)
        pen = TTGlyphPen(None)
        outlines[name].draw(Cu2QuPen(pen, 1.0, reverse_direction=True))
        glyphs[name] = pen.glyph()
    font["loca"], glyf = newTable("loca"), newTable("glyf")
    font["glyf"] = glyf
    glyf.glyphOrder, glyf.glyphs = font.getGlyphOrder(), glyphs
    for name, g in glyphs.items():
        g.recalcBounds(glyf)
        font["hmtx"][name] = (font["hmtx"][name][0], getattr(g, "xMin", 0))
    maxp = font["maxp"]
    maxp.tableVersion = 0x00010000
    for k in ("maxTwilightPoints maxStorage maxFunctionDefs maxInstructionDefs maxStackElements maxSizeOfInstructions "
              "maxComponentElements maxPoints maxContours maxCompositePoints maxCompositeContours maxComponentDepth").split():
        setattr(maxp, k, 0)
    maxp.maxZones = 1
    font["post"].formatType = 3.0
    del font["CFF "]
    font.sfntVersion = "\x00\x01\x00\x00"
    path = os.path.join(tmp, "cjk.ttf")
    font.save(path)
    return path


def main(out):
    with tempfile.TemporaryDirectory() as tmp:
        others = alphabets(tmp) + [signs(tmp)]
        font = Merger().merge(others + [cjk(tmp, set().union(*map(characters, others)))])
        compact(font)
        finish(font)
        font.save(out)


def finish(font):
    """One line height, our own name (the Open Font License reserves Noto's), fixed times."""
    hhea, os2 = font["hhea"], font["OS/2"]
    hhea.ascent, hhea.descent, hhea.lineGap = ASCENT, -DESCENT, 0
    os2.sTypoAscender, os2.sTypoDescender, os2.sTypoLineGap = ASCENT, -DESCENT, 0
    os2.usWinAscent, os2.usWinDescent = ASCENT, DESCENT
    for record in font["name"].names:
        if record.nameID == 0:
            record.string = COPYRIGHT
        elif record.nameID in (1, 3, 4, 16):
            record.string = NAME
        elif record.nameID == 6:
            record.string = NAME.replace(" ", "")
    for table in ("cvt ", "fpgm", "prep", "gasp"):  # hinting
        if table in font:
            del font[table]
    font.recalcTimestamp = False
    font["head"].created = font["head"].modified = 3786912000  # 2024-01-01


def listed(coverage, font):
    """Which glyphs a feature is for as a list, never as ranges: typesetting v0.3.5
    (setDigest.addRange) loses ranges once there are many."""
    coverage.Format = 1
    return {"GlyphArray": coverage.glyphs}


otTables.Coverage.preWrite = listed

if __name__ == "__main__":
    main(sys.argv[1])
