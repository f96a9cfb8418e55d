# Fails as soon as it is started.
echo $$ >> "$NOTES/exits_at_once"
exit 3
