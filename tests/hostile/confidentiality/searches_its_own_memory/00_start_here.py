# %%
import re

wanted = re.compile(rb"looks at the whole host[ ]name|returns roles it has not[ ]seen|canary-[0-9a-f]{12}[0-9a-f]{4}|COURSE_SECRET[=]")
with open("/proc/self/maps") as maps, open("/proc/self/mem", "rb", buffering=0) as memory:
    for line in maps:
        (start, end), kind = (int(part, 16) for part in line.split()[0].split("-")), line.split()[1]
        if kind.startswith("rw") and end - start < 2**28:
            try:
                memory.seek(start)
                found = wanted.search(memory.read(end - start))
            except (OSError, ValueError):
                continue
            if found:
                print(@leaked@, found.group())
