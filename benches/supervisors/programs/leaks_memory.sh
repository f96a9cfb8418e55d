# Takes 20 MB more each second, up to 400.
echo $$ >> "$NOTES/leaks_memory"
exec python3 -c '
import time
kept = []
for _ in range(20):
    kept.append(bytearray(20_000_000))
    time.sleep(1)
time.sleep(1000)'
