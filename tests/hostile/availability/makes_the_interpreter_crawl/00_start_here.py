# %% answer="speaker"
import gc
import sys
import threading


def speaker(reply):
    return reply["message"]["role"]


def slowly(frame, event, argument):
    sum(range(1000))
    return slowly


gc.set_threshold(1, 1, 1)
sys.setrecursionlimit(60)
threading.settrace(slowly)
sys.settrace(slowly)
