# %% answer="speaker"
name = input("Your name?")

# %%
import getpass

getpass.getpass()

# %%
import sys

sys.stdin.read()

# %%
!read line
