#!/bin/sh
# A hook that hands the event to a web service, as the JSON that it is given on standard input.
#
#   [job.web]
#   on_fail = "~/.config/mux/hooks/webhook.sh"
#   env = { MUX_WEBHOOK = "https://example.org/hook" }
#
# MUX_WEBHOOK is the address. With MUX_WEBHOOK_FORM=text the body is {"text": "…"} with one line, as chat services
# take it. Ends with curl's status, which mux writes to the server's log.
set -eu
if [ -z "${MUX_WEBHOOK:-}" ]; then
    echo "MUX_WEBHOOK is not set: where is the event to go?" >&2
    exit 2
fi
# What a JSON string needs: backslashes and quotes marked, controls left out.
quoted() {
    printf '%s' "$1" | tr -d '\000-\037' | sed 's/\\/\\\\/g; s/"/\\"/g'
}
if [ "${MUX_WEBHOOK_FORM:-json}" = text ]; then
    body=$(printf '{"text": "%s: %s"}' "$(quoted "$MUX_HOST")" "$(quoted "$MUX_TEXT")")
else
    body=$(cat)
fi
printf '%s' "$body" | curl --silent --show-error --fail --max-time 20 --retry 2 \
    --header 'Content-Type: application/json' --data-binary @- --output /dev/null -- "$MUX_WEBHOOK"
