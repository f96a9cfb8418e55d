# Has children that leave its process group and its session, or lose their parent.
note() { sh -c 'echo $$ >> "$NOTES/escapes"; exec sleep 1000'; }
setsid sh -c 'echo $$ >> "$NOTES/escapes"; exec sleep 1000' &
(note &)
(setsid sh -c 'sh -c "echo \$\$ >> \"\$NOTES/escapes\"; exec sleep 1000" &' &)
echo $$ >> "$NOTES/escapes"
while :; do sleep 1; done
