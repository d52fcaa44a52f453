#!/usr/bin/env bash
# Installs the Debian packages that the tests need and that are missing, or says how to.
#
# Without the rights to install, only a missing browser stops the run: tests that want a sound server skip themselves.
# Where CI is set nothing may be skipped, so anything missing stops it.
set -euo pipefail

missing=()
need() { # package, then a command that succeeds when the package is there
    local package=$1
    shift
    "$@" >/dev/null 2>&1 || missing+=("$package")
}
# Not grep -q: it would close the pipe on ldconfig, which pipefail takes for a failure.
has_library() { PATH="$PATH:/sbin:/usr/sbin" ldconfig -p | grep "$1"; }
has_browser() {
    [[ -n "${CHROMIUM:-}" ]] || command -v chromium || command -v chromium-browser || command -v google-chrome
}
has_alsa_pulse() { compgen -G "/usr/lib/*/alsa-lib/libasound_module_pcm_pulse.so"; }

find_missing() {
    missing=()
    need chromium has_browser
    need libportaudio2 has_library libportaudio
    need pulseaudio command -v pulseaudio
    need pulseaudio-utils command -v pactl
    need libasound2-plugins has_alsa_pulse
    need nodejs command -v node
    need npm command -v npm
}

find_missing
((${#missing[@]})) || exit 0

if command -v apt-get >/dev/null; then
    as_root=()
    can_install=true
    if [[ $(id -u) -ne 0 ]]; then
        as_root=(sudo -n)
        sudo -n true 2>/dev/null || can_install=false
    fi
    if $can_install; then
        echo "installing ${missing[*]}"
        "${as_root[@]}" env DEBIAN_FRONTEND=noninteractive apt-get update -qq </dev/null
        "${as_root[@]}" env DEBIAN_FRONTEND=noninteractive \
            apt-get install -y -qq --no-install-recommends "${missing[@]}" </dev/null >/dev/null
        find_missing
        ((${#missing[@]})) || exit 0
    fi
fi

echo "missing: ${missing[*]}" >&2
echo "on Debian or Ubuntu:  sudo apt-get install --no-install-recommends ${missing[*]}" >&2
if [[ -n "${CI:-}" || " ${missing[*]} " == *" chromium "* ]]; then
    exit 1
fi
