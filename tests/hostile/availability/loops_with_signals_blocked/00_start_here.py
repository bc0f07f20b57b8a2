# %% answer="speaker"
import signal

signal.pthread_sigmask(signal.SIG_BLOCK, set(signal.Signals))
for number in set(signal.Signals) - {signal.SIGKILL, signal.SIGSTOP}:
    signal.signal(number, signal.SIG_IGN)
while True:
    pass
