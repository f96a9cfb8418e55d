#!/bin/sh
# A hook that shows the event on the desktop, by notify-send (libnotify) or macOS's osascript.
#
#   [defaults]
#   on_fail = "~/.config/mux/hooks/desktop.sh"
#   on_recover = "~/.config/mux/hooks/desktop.sh"
set -eu
urgency=critical
if [ "$MUX_EVENT" = recovered ]; then
    urgency=normal
fi
if command -v notify-send >/dev/null 2>&1; then
    # A server that began with the machine knows no session bus: it is where systemd puts it.
    : "${DBUS_SESSION_BUS_ADDRESS:=unix:path=/run/user/$(id -u)/bus}"
    export DBUS_SESSION_BUS_ADDRESS
    exec notify-send --app-name=mux --urgency="$urgency" -- "mux on $MUX_HOST" "$MUX_TEXT"
fi
if command -v osascript >/dev/null 2>&1; then
    exec osascript -e 'on run argv' -e 'display notification (item 2 of argv) with title (item 1 of argv)' \
        -e 'end run' "mux on $MUX_HOST" "$MUX_TEXT"
fi
echo "neither notify-send nor osascript is there" >&2
exit 2
