# Does not end when it is asked to.
trap '' TERM
echo $$ >> "$NOTES/ignores_term"
while :; do sleep 1; done
