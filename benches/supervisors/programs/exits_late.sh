# Runs long enough to be taken for well, then fails.
echo $$ >> "$NOTES/exits_late"
sleep 3
exit 1
