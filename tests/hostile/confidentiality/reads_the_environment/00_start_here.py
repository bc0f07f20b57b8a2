# %%
import getpass
import os
import platform
import pwd
import socket
import sys

print(dict(os.environ), os.environb)
print(sys.argv, sys.orig_argv, sys.flags, os.getcwd(), os.path.expanduser("~"))
print(getpass.getuser(), pwd.getpwuid(os.getuid()), os.getgroups())
for name in (platform.node(), socket.gethostname(), getpass.getuser()):
    if name != "learner":
        print(@leaked@, name)
if os.getuid() == 0 or os.geteuid() == 0 or 0 in os.getgroups():
    print(@leaked@)
