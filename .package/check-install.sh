#!/usr/bin/env bash
# check-install.sh [FILE.deb]: installs the package, starts the program as the menu
# would, waits for its window, runs the tour with it, and removes the package again.
set -euo pipefail

name=sse-landscape
deb=${1:+$(realpath "$1")}
PICTURE=${PICTURE:+$(realpath "$PICTURE")} # where to save a picture of the window
cd "$(dirname "${BASH_SOURCE[0]}")/.."
if [ -z "$deb" ]; then
	for deb in "$PWD/dist/${name}"_*_"$(dpkg --print-architecture)".deb; do :; done
fi
fail() { echo "FAIL: $*" >&2; exit 1; }
[ -f "$deb" ] || fail "there is no $deb; make package makes it"
for tool in Xvfb xdotool; do
	command -v $tool >/dev/null || fail "$tool is missing; .ci/need test installs it"
done
case $(dpkg-query -W -f='${db:Status-Status}' $name 2>/dev/null || true) in
installed) fail "$name is installed already; remove it first" ;;
esac
as_root=()
[ "$(id -u)" -eq 0 ] || as_root=(sudo)

work=$(mktemp -d)
children=()
cleanup() {
	local pid
	for pid in "${children[@]}"; do
		kill "$pid" 2>/dev/null || true
		wait "$pid" 2>/dev/null || true
	done
	"${as_root[@]}" dpkg --purge $name >/dev/null 2>&1 || true
	rm -rf "$work"
}
trap cleanup EXIT

if [ -f "$(dirname "$deb")/SHA256SUMS" ]; then
	(cd "$(dirname "$deb")" && sha256sum --quiet --ignore-missing -c SHA256SUMS) || fail "the checksum is wrong"
fi
"${as_root[@]}" dpkg -i "$deb" >"$work/dpkg.log" 2>&1 || { cat "$work/dpkg.log" >&2; fail "dpkg -i"; }
echo "installed: $(basename "$deb")"

entry=/usr/share/applications/$name.desktop
[ -f $entry ] || fail "there is no menu entry $entry"
if command -v desktop-file-validate >/dev/null; then
	desktop-file-validate $entry || fail "the menu entry is not valid"
fi
icon=$(sed -n 's/^Icon=//p' $entry)
[ -n "$(find /usr/share/icons/hicolor -name "$icon.png" -print -quit)" ] || fail "the icon $icon is not there"
command_line=$(sed -n 's/^Exec=//p' $entry | head -n 1 | sed 's/ *%[a-zA-Z]//g')
read -r -a words <<<"$command_line"
program=$(command -v "${words[0]}") || fail "there is no ${words[0]}"

# settings and studies go to a home of its own
export HOME=$work/home XDG_CONFIG_HOME=$work/home/.config XDG_DATA_HOME=$work/home/.local/share
export XDG_CACHE_HOME=$work/home/.cache XDG_RUNTIME_DIR=$work/run
mkdir -p "$HOME" && mkdir -m 700 "$XDG_RUNTIME_DIR"
cd "$work"
unset WAYLAND_DISPLAY

Xvfb -displayfd 3 -screen 0 1280x900x24 -nolisten tcp 3>"$work/display" 2>"$work/xvfb.log" &
children=($!)
for _ in $(seq 100); do
	[ -s "$work/display" ] && break
	sleep 0.1
done
[ -s "$work/display" ] || { cat "$work/xvfb.log" >&2; fail "Xvfb did not start"; }
DISPLAY=:$(cat "$work/display")
export DISPLAY
if command -v openbox >/dev/null; then
	openbox >/dev/null 2>&1 &
	children=($! "${children[@]}")
fi

"$program" "${words[@]:1}" >"$work/program.log" 2>&1 &
pid=$!
children=("$pid" "${children[@]}")
window=
started=$(date +%s%N)
for _ in $(seq 300); do
	window=$(xdotool search --onlyvisible --pid "$pid" 2>/dev/null | head -n 1 || true)
	[ -n "$window" ] && break
	kill -0 "$pid" 2>/dev/null || break
	sleep 0.1
done
[ -n "$window" ] || { cat "$work/program.log" >&2; fail "\"$command_line\" showed no window"; }
took=$((($(date +%s%N) - started) / 1000000))
sleep 3
kill -0 "$pid" 2>/dev/null || { cat "$work/program.log" >&2; fail "the program ended by itself"; }
echo "window: \"$(xdotool getwindowname "$window")\" after $took ms, still there after 3 s"
if [ -n "${PICTURE:-}" ] && command -v import >/dev/null; then
	import -window root "$PICTURE"
fi
kill "$pid" && wait "$pid" 2>/dev/null || true
unset DISPLAY

"$program" tour "$work/tour" >"$work/tour.log" 2>&1 || { cat "$work/tour.log" >&2; fail "$program tour"; }
for f in units.geojson map.png; do
	[ -s "$work/tour/$f" ] || fail "the tour wrote no $f"
done
echo "tour: $(wc -c <"$work/tour/units.geojson") bytes of units.geojson, $(wc -c <"$work/tour/map.png") bytes of map.png"

cd /
"${as_root[@]}" dpkg --purge $name >"$work/dpkg.log" 2>&1 || { cat "$work/dpkg.log" >&2; fail "dpkg --purge"; }
[ ! -e /usr/bin/sse ] || fail "something is left after removing"
echo "removed; all is well"
