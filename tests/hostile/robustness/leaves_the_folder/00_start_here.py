# %% answer="speaker"
import os
import random
import sys
import time

os.chdir("/")
os.environ.clear()
os.environ["TZ"] = "Asia/Tokyo"
time.tzset()
random.seed()
sys.path.clear()
sys.stdout = open(os.devnull, "w")


def speaker(reply):
    return reply["message"]["role"]
