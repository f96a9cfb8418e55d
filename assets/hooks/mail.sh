#!/bin/sh
# A hook that sends a mail with the event and the last lines of the log.
#
#   [defaults]
#   on_fail = "~/.config/mux/hooks/mail.sh"
#   env = { MUX_MAIL_TO = "admin@example.org" }
#
# MUX_MAIL_TO is who gets it: the user himself where it is not set. SENDMAIL is the program, /usr/sbin/sendmail where
# it is not set.
set -eu
to=${MUX_MAIL_TO:-$(id -un)}
sendmail=${SENDMAIL:-/usr/sbin/sendmail}
if [ ! -x "$sendmail" ]; then
    echo "$sendmail is not there: set SENDMAIL, or use another hook" >&2
    exit 2
fi
# A header is one line.
line() {
    printf '%s' "$1" | tr -d '\000-\037'
}
{
    printf 'To: %s\n' "$(line "$to")"
    printf 'Subject: [mux %s] %s\n' "$(line "$MUX_HOST")" "$(line "$MUX_TEXT")"
    printf 'Content-Type: text/plain; charset=utf-8\n\n'
    printf '%s\n\n' "$MUX_TEXT"
    printf 'job    %s\nevent  %s\nstate  %s\nrun    %s\nat     %s\n' \
        "$MUX_JOB" "$MUX_EVENT" "$MUX_STATE" "$MUX_RUN" "$MUX_AT"
    if [ -n "$MUX_LOG" ] && [ -r "$MUX_LOG" ]; then
        printf 'log    %s\n\n' "$MUX_LOG"
        tail -n 20 -- "$MUX_LOG" | tr -d '\000-\010\013-\037'
    fi
} | "$sendmail" -i -- "$to"
