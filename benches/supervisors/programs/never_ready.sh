# Was to listen on a port, and never does.
echo $$ >> "$NOTES/never_ready"
while :; do sleep 1; done
