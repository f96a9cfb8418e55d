# Prints without end, as fast as it is let.
echo $$ >> "$NOTES/floods_its_log"
exec yes 'a line that says the same thing again and again, to nobody in particular'
